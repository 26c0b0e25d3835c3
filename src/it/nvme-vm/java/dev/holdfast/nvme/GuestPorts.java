package dev.holdfast.nvme;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * Ports of the host's loopback that lead into the virtual machine.
 *
 * @param api to the service
 * @param management to its health
 * @param shell to a shell for each connection
 */
record GuestPorts(int api, int management, int shell) {

	static GuestPorts free() throws IOException {
		try (ServerSocket api = socket(); ServerSocket management = socket(); ServerSocket shell = socket()) {
			return new GuestPorts(api.getLocalPort(), management.getLocalPort(), shell.getLocalPort());
		}
	}

	private static ServerSocket socket() throws IOException {
		return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
	}

	/** Nothing else gets in, and nothing gets out. */
	String network() {
		return "user,id=network,restrict=on" + forward(this.api, 8080) + forward(this.management, 8081)
				+ forward(this.shell, 8079);
	}

	private static String forward(int port, int guestPort) {
		return ",hostfwd=tcp:127.0.0.1:%d-:%d".formatted(port, guestPort);
	}

}
