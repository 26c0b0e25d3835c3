package dev.holdfast.volume;

/**
 * What a volume is called.
 *
 * @param tenant name of the tenant that owns it
 * @param name its name inside the tenant
 */
public record VolumeKey(String tenant, String name) {

}
