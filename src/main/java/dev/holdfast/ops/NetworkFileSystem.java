package dev.holdfast.ops;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * File systems that other machines share: the catalog's write-ahead log needs memory that
 * all its users share, and the catalog and the directory's own lock need locks that hold,
 * both of which only a disk of one machine gives (sqlite.org/wal.html, section 1). Known
 * by their type, as in {@code /proc/mounts}.
 */
final class NetworkFileSystem {

	private static final Logger log = LoggerFactory.getLogger(NetworkFileSystem.class);

	private static final String FUSE = "fuse.";

	/** With or without {@link #FUSE} before them. */
	private static final Set<String> TYPES = Set.of("9p", "afs", "afp", "afpfs", "beegfs", "blobfuse", "blobfuse2",
			"ceph", "ceph-fuse", "cifs", "coda", "curlftpfs", "davfs", "davfs2", "ftpfs", "gcsfuse", "glusterfs",
			"gpfs", "goofys", "hdfs", "hdfs_fuse", "juicefs", "lustre", "lustre_lite", "mfs", "moosefs", "mount-s3",
			"mountpoint-s3", "ncp", "ncpfs", "nfs", "nfs3", "nfs4", "orangefs", "panfs", "pvfs2", "rclone", "s3fs",
			"s3ql", "seaweedfs", "smb", "smb2", "smb3", "smbfs", "smbnetfs", "sshfs", "wekafs");

	private NetworkFileSystem() {
	}

	/**
	 * Refuses a data directory on one. Makes nothing.
	 * @param path that may not be there yet
	 * @throws StartRefusedException if it is, or would be, on one
	 */
	static void refuse(Path path) {
		String type = typeOf(path);
		if (type != null && isOne(type)) {
			throw new StartRefusedException(
					"The data directory %s is on a network file system (%s), and the catalog could be damaged there."
						.formatted(path, type),
					"Write a directory on a disk of this machine as holdfast.data-directory; 'catalog backup' can write"
							+ " its copies to the network.");
		}
	}

	private static @Nullable String typeOf(Path path) {
		Path there = path.toAbsolutePath();
		while (there != null && Files.notExists(there)) {
			there = there.getParent();
		}
		try {
			return (there != null) ? Files.getFileStore(there).type() : null;
		}
		catch (IOException ex) {
			log.warn("Whether {} is on a network file system could not be found out: {}", path, ex.getMessage());
			return null;
		}
	}

	static boolean isOne(String type) {
		String name = type.toLowerCase(Locale.ROOT);
		return TYPES.contains(name.startsWith(FUSE) ? name.substring(FUSE.length()) : name);
	}

}
