package dev.holdfast.nvme;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/**
 * Runs commands inside the virtual machine, as root.
 *
 * @param port that leads there
 */
record GuestShell(int port) {

	/**
	 * Runs commands to their end.
	 * @param commands for BusyBox's shell
	 * @return what they print, complaints included
	 */
	String run(String commands) throws IOException {
		try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), this.port)) {
			socket.getOutputStream().write(("exec 2>&1\n" + commands + "\n").getBytes(StandardCharsets.UTF_8));
			socket.shutdownOutput();
			return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
		}
	}

}
