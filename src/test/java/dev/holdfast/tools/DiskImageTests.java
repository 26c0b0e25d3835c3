package dev.holdfast.tools;

import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresQemuDriver;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * QEMU's programs use an image in a volume where it is. They can only send Basic.
 * {@code qemu-img convert} reads with one coroutine: with more, QEMU 7.2's driver now and
 * then waits for ever for what it has received, from any server.
 */
@ServiceTest
@RequiresTool({ "curl", "qemu-img", "qemu-io" })
@RequiresQemuDriver("http")
class DiskImageTests extends Workplace {

	private static final String SECRET = " --object secret,id=token,file=token.secret --image-opts ";

	private static final String BLOCKS = "file.driver=http,file.url=$data,file.username=any,file.password-secret=token ";

	/** A volume may be longer than the image in it, which a raw one does not know. */
	private static final String RAW = SECRET + "driver=raw,size=25165824," + BLOCKS;

	private static final String QCOW2 = SECRET + "driver=qcow2," + BLOCKS;

	private Shell shell;

	@BeforeEach
	void makeImages() throws Exception {
		this.shell = shell(volume(32 << 20));
		this.shell.run("""
				truncate -s 24M image.raw
				qemu-io -f raw -c 'write -P 0x5a 1048577 200001' -c 'write -P 0x11 20000000 777' image.raw
				qemu-img convert -f raw -O qcow2 image.raw image.qcow2
				""");
	}

	private void upload(String image) throws Exception {
		this.shell.run("curl --fail-with-body -sS -K token.curl -T " + image + " \"$data?offset=0\"");
	}

	@Test
	void shouldConvertAnImageFromAVolume() throws Exception {
		upload("image.qcow2");
		assertThat(this.shell.run("qemu-img info" + QCOW2)).contains("file format: qcow2",
				"virtual size: 24 MiB (25165824 bytes)", "corrupt: false");
		this.shell.run("qemu-img check" + QCOW2);
		this.shell.run("qemu-img convert -m 1 -O raw" + QCOW2 + "back.raw; cmp back.raw image.raw");
		upload("image.raw");
		this.shell.run("qemu-img convert -m 1 -O qcow2" + RAW + "back.qcow2; qemu-img compare back.qcow2 image.raw");
		this.shell.run("qemu-img compare" + RAW + "driver=file,filename=image.raw");
	}

	@ParameterizedTest
	@ValueSource(strings = { "image.raw", "image.qcow2" })
	void shouldReadAtOddPlaces(String image) throws Exception {
		upload(image);
		String options = image.endsWith("raw") ? RAW : QCOW2;
		this.shell.run("qemu-io -r" + options + """
				-c 'read -P 0x5a 1048577 200001' -c 'read -P 0x5a 1050001 3' -c 'read -P 0x11 20000000 777' \
				-c 'read -P 0 0 1048577' -c 'read -P 0 1248578 511' -c 'read -P 0 25165823 1' \
				-c 'aio_read -P 0x5a 1048577 100000' -c 'aio_read -P 0x5a 1148578 100000' -c aio_flush
				""");
		Shell.Output wrong = this.shell.attempt("qemu-io -r" + options + "-c 'read -P 0x5a 1048576 2'");
		assertThat(wrong.exit()).isNotZero();
		assertThat(wrong.all()).contains("Pattern verification failed at offset 1048576");
	}

	@Test
	void shouldBeRefusedWithoutAToken() throws Exception {
		upload("image.raw");
		Shell.Output output = this.shell
			.attempt("qemu-img info --image-opts driver=raw,file.driver=http,file.url=$data");
		assertThat(output.exit()).isNotZero();
		assertThat(output.err()).contains("401");
	}

}
