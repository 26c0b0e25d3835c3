package dev.holdfast;

import java.io.PrintStream;
import java.util.Arrays;

import dev.holdfast.ops.AdminTokenCommand;
import dev.holdfast.ops.CatalogCommand;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.security.autoconfigure.UserDetailsServiceAutoConfiguration;

/**
 * {@code main}: hands over to the command that the first argument names and does nothing
 * else. Without a command it serves.
 */
// Callers have tokens; Boot's default user and the password it logs would be a back door.
@SpringBootApplication(exclude = UserDetailsServiceAutoConfiguration.class)
public class HoldfastApplication {

	private static final int FAILED = 1;

	private static final int MISUSED = 2;

	public static void main(String[] args) {
		int status = run(System.getProperty("os.name"), args, System.out, System.err);
		if (status != 0) {
			System.exit(status);
		}
	}

	/**
	 * Runs one command.
	 * @param operatingSystem as in the system property {@code os.name}
	 * @param args the command and its options
	 * @param out where a command says what it has done
	 * @param err where a refusal is explained
	 * @return the exit status; after {@code serve} the process lives on with status 0
	 */
	static int run(String operatingSystem, String[] args, PrintStream out, PrintStream err) {
		if (!operatingSystem.equals("Linux")) {
			err.println("Holdfast needs Linux, whose io_uring it is built on; this is " + operatingSystem + ".");
			return FAILED;
		}
		String command = (args.length == 0 || args[0].startsWith("--")) ? "serve" : args[0];
		switch (command) {
			case "serve" -> SpringApplication.run(HoldfastApplication.class, args);
			case "catalog" -> {
				return CatalogCommand.run(Arrays.copyOfRange(args, 1, args.length), err);
			}
			case "admin-token" -> {
				return AdminTokenCommand.run(Arrays.copyOfRange(args, 1, args.length), out, err);
			}
			default -> {
				err.println("There is no command '" + command + "'; write 'serve', or nothing, to start the service, "
						+ "'catalog backup FILE' to copy its catalog, "
						+ "or 'admin-token --reset' to replace the administrator's token.");
				return MISUSED;
			}
		}
		return 0;
	}

}
