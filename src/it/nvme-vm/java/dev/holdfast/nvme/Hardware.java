package dev.holdfast.nvme;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import tools.jackson.databind.json.JsonMapper;

/**
 * What the virtual machine is made of, as QEMU's command line: two processors, an IOMMU
 * that translates, slots that drives can be plugged into while it runs, and disks.
 */
final class Hardware {

	private static final JsonMapper JSON = JsonMapper.shared();

	private static final String KERNEL_COMMAND_LINE = "rdinit=/init console=ttyS0 quiet panic=-1 mitigations=off"
			// On a busy host a tick may come too late for the kernel's check, and it
			// panics.
			+ " no_timer_check intel_iommu=on " + (NvmeNode.TRANSLATED ? "iommu.strict=1" : "iommu.passthrough=1");

	/** {@code -Dholdfast.nvme.accelerator=kvm} is faster where it works. */
	private static final String ACCELERATOR = System.getProperty("holdfast.nvme.accelerator",
			"tcg,thread=multi,tb-size=512");

	/** Emulated, the instructions that it lacks copy and clear memory byte by byte. */
	private static final String CPU = "max,-erms,-fsrm,-la57";

	private final List<String> arguments = new ArrayList<>();

	Hardware(int slots) {
		add("-nodefaults", "-no-user-config", "-display", "none");
		add("-accel", ACCELERATOR, "-cpu", CPU, "-smp", "2", "-m", "1536");
		add("-machine", "q35,kernel-irqchip=split");
		add("-device", "intel-iommu,intremap=on,caching-mode=on");
		for (int slot = 0; slot < slots; slot++) {
			add("-device", "pcie-root-port,id=%s,slot=%d,chassis=%d".formatted(slot(slot), slot + 1, slot + 1));
		}
	}

	static String slot(int number) {
		return "slot" + number;
	}

	Hardware boot(GuestImage image) {
		add("-kernel", image.kernel().toString(), "-initrd", image.initialFileSystem().toString());
		return add("-append", KERNEL_COMMAND_LINE);
	}

	/**
	 * A disk that stays.
	 * @param id its name for QEMU; the kernel counts them
	 * @param file with its bytes
	 * @param readOnly whether nobody may write to it
	 */
	Hardware disk(String id, Path file, boolean readOnly) {
		add("-blockdev",
				json(Map.of("driver", "file", "node-name", id, "filename", file.toString(), "read-only", readOnly)));
		return add("-device", "virtio-blk-pci,drive=" + id);
	}

	Hardware drive(NvmeDrive drive, int slot) {
		add("-blockdev", json(drive.bytes()));
		return add("-device", json(drive.device(slot(slot))));
	}

	Hardware network(GuestPorts ports) {
		return add("-netdev", ports.network(), "-device", "virtio-net-pci,netdev=network,romfile=");
	}

	Hardware console(Path log) {
		return add("-serial", "file:" + log);
	}

	Hardware monitor(Path socket) {
		return add("-qmp", "unix:" + socket + ",server=on,wait=off");
	}

	private static String json(Map<String, ?> value) {
		return JSON.writeValueAsString(value);
	}

	private Hardware add(String... more) {
		this.arguments.addAll(List.of(more));
		return this;
	}

	/**
	 * QEMU's command line. It ends with the thread that starts it, and so with the tests,
	 * however those end.
	 */
	List<String> command() {
		List<String> command = new ArrayList<>(List.of("setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64"));
		command.addAll(this.arguments);
		return command;
	}

}
