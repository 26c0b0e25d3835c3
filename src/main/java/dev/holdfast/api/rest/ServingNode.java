package dev.holdfast.api.rest;

import java.net.URI;
import java.util.function.Supplier;

/**
 * The machine that serves a volume, so that a client of many knows where to ask.
 *
 * @param name what the machine is called
 * @param address where clients reach its HTTP face, once it listens
 */
public record ServingNode(String name, Supplier<URI> address) {

	URI endpoint() {
		return this.address.get();
	}

}
