package dev.holdfast.mapping;

/**
 * Who follows mappings, as clients see them. On the thread of the change, which waits:
 * must be quick and must not throw, nor call back.
 */
public interface MappingFollower {

	/**
	 * A mapping is declared.
	 */
	void created(MappingStatus mapping);

	/**
	 * What is asked of it is different, or what it is on some device.
	 */
	void changed(MappingStatus mapping);

	/**
	 * It is mapped to every device under its volume: for the first time since it was not,
	 * to one more, or made again.
	 */
	void ready(MappingStatus mapping);

	/**
	 * A device under its volume went away, or came back as another generation: I/O to
	 * that one goes without it until it is made again.
	 */
	void stale(MappingStatus mapping);

	/**
	 * It has a lower tier on some device, because others needed its room of what may be
	 * premapped.
	 */
	void demoted(MappingStatus mapping);

	/**
	 * It is no longer declared; I/O in flight may still end with it.
	 */
	void deleted(MappingStatus mapping);

}
