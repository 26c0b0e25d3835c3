package dev.holdfast.device;

import org.jspecify.annotations.Nullable;

/**
 * Where the drivers keep what tells one drive from another. Only what the kernel has read
 * already or, for virtio, asks the device for.
 */
final class DriveIdentity {

	private static final int VPD_HEADER = 4;

	private DriveIdentity() {
	}

	/**
	 * The manufacturer's number: virtio's own attribute, the controller's (NVMe, MMC), or
	 * the unit serial number page of SCSI (SPC, vital product data 80h), which libata
	 * fills in for ATA.
	 */
	static @Nullable String serial(SysfsDirectory drive) {
		String serial = drive.text("serial");
		if (serial == null) {
			serial = drive.text("device/serial");
		}
		return (serial != null) ? serial : unitSerialNumber(drive.bytes("device/vpd_pg80"));
	}

	/** Header: device type, page code, length in two bytes. Then the number itself. */
	private static @Nullable String unitSerialNumber(byte @Nullable [] page) {
		if (page == null || page.length < VPD_HEADER || (page[1] & 0xff) != 0x80) {
			return null;
		}
		int length = (page[2] & 0xff) << 8 | (page[3] & 0xff);
		return SysfsDirectory.printable(page, VPD_HEADER, Math.min(VPD_HEADER + length, page.length));
	}

	static @Nullable String model(SysfsDirectory drive) {
		return drive.text("device/model");
	}

	/** The namespace's (NVMe) or the logical unit's (SCSI). */
	static @Nullable String wwid(SysfsDirectory drive) {
		String wwid = drive.text("wwid");
		if (wwid == null) {
			wwid = drive.text("device/wwid");
		}
		return (wwid != null) ? wwid : namespaceIdentifier(drive);
	}

	/**
	 * In the order and spelling of the kernel's {@code wwid}, so that a drive has the
	 * same identity wherever it is read from ({@code drivers/nvme/host/sysfs.c}, 6.18).
	 * {@code uuid} repeats the NGUID where there is no UUID.
	 */
	private static @Nullable String namespaceIdentifier(SysfsDirectory drive) {
		String uuid = identifier(drive, "uuid");
		String nguid = identifier(drive, "nguid");
		if (uuid != null && !uuid.equals(nguid)) {
			return "uuid." + uuid;
		}
		String eui = (nguid != null) ? nguid : identifier(drive, "eui");
		return (eui != null) ? "eui." + eui.replaceAll("[- ]", "") : null;
	}

	/** All zero means that the namespace has none. */
	private static @Nullable String identifier(SysfsDirectory drive, String attribute) {
		String text = drive.text(attribute);
		return (text != null && !text.matches("[-0 ]+")) ? text : null;
	}

}
