package dev.holdfast.volume;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.stream.Collectors;

import dev.holdfast.catalog.Catalog;
import dev.holdfast.catalog.SharedTransactions;
import dev.holdfast.device.VolumeRecord;
import org.jspecify.annotations.Nullable;

import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The index in the catalog. Changes that wait for the catalog share the next transaction,
 * so that thousands of volumes made at the same time do not wait for as many.
 */
public final class CatalogVolumeIndex implements VolumeIndex {

	private static final String UPSERT = """
			INSERT INTO volumes (uuid, tenant, name, size_bytes, block_size, layout, stripe_bytes, epoch, devices, state,
				deleted, declared_size_bytes, declared_block_size, declared_layout, declared_stripe_bytes, declared_devices)
			VALUES (:uuid, :tenant, :name, :size, :block, :layout, :stripe, :epoch, :devices, :state,
				:deleted, :declaredSize, :declaredBlock, :declaredLayout, :declaredStripe, :declaredDevices)
			ON CONFLICT (uuid) DO UPDATE SET tenant = excluded.tenant, name = excluded.name,
				size_bytes = excluded.size_bytes, epoch = excluded.epoch, devices = excluded.devices,
				state = excluded.state, deleted = excluded.deleted, declared_size_bytes = excluded.declared_size_bytes
			""";

	private final Catalog catalog;

	private final SharedTransactions transactions;

	public CatalogVolumeIndex(Catalog catalog) {
		this.catalog = catalog;
		this.transactions = new SharedTransactions(catalog);
	}

	@Override
	public List<Entry> load() {
		return this.catalog
			.read((client) -> client.sql("SELECT * FROM volumes").query((row, number) -> entry(row)).list());
	}

	@Override
	public void put(List<Entry> entries) {
		this.transactions.change((client) -> entries.forEach((entry) -> write(client, entry)));
	}

	@Override
	public void remove(UUID volume) {
		this.transactions.change((client) -> client.sql("DELETE FROM volumes WHERE uuid = :uuid")
			.param("uuid", volume.toString())
			.update());
	}

	private static Entry entry(ResultSet row) throws SQLException {
		Volume volume = new Volume(new VolumeKey(row.getString("tenant"), row.getString("name")),
				UUID.fromString(row.getString("uuid")), row.getLong("size_bytes"), row.getInt("block_size"),
				VolumeState.valueOf(upper(row.getString("state"))), null, layout(row.getString("layout")),
				row.getInt("stripe_bytes"), names(row.getString("devices")).stream().map(UUID::fromString).toList(),
				row.getLong("epoch"));
		return new Entry(volume, declared(row), row.getInt("deleted") != 0);
	}

	private static @Nullable VolumeSpec declared(ResultSet row) throws SQLException {
		long size = row.getLong("declared_size_bytes");
		if (row.wasNull()) {
			return null;
		}
		int block = row.getInt("declared_block_size");
		Integer blockSize = row.wasNull() ? null : block;
		int stripe = row.getInt("declared_stripe_bytes");
		Integer stripeBytes = row.wasNull() ? null : stripe;
		String layout = row.getString("declared_layout");
		return new VolumeSpec(size, blockSize, (layout != null) ? layout(layout) : null, stripeBytes,
				names(row.getString("declared_devices")));
	}

	private static VolumeRecord.Layout layout(String label) {
		return VolumeRecord.Layout.valueOf(upper(label));
	}

	private static String upper(String label) {
		return label.toUpperCase(Locale.ROOT);
	}

	private static List<String> names(@Nullable String joined) {
		return (joined == null || joined.isEmpty()) ? List.of() : Arrays.asList(joined.split(","));
	}

	private static void write(JdbcClient client, Entry entry) {
		Volume volume = entry.volume();
		VolumeSpec declared = entry.declared();
		client.sql(UPSERT)
			.param("uuid", volume.uuid().toString())
			.param("tenant", volume.key().tenant())
			.param("name", volume.key().name())
			.param("size", volume.sizeBytes())
			.param("block", volume.blockSize())
			.param("layout", volume.layout().label())
			.param("stripe", volume.stripeBytes())
			.param("epoch", volume.epoch())
			.param("devices", volume.devices().stream().map(UUID::toString).collect(Collectors.joining(",")))
			.param("state", volume.state().label())
			.param("deleted", entry.deleted() ? 1 : 0)
			.param("declaredSize", (declared != null) ? declared.sizeBytes() : null)
			.param("declaredBlock", (declared != null) ? declared.blockSize() : null)
			.param("declaredLayout", (declared != null && declared.layout() != null) ? declared.layout().label() : null)
			.param("declaredStripe", (declared != null) ? declared.stripeBytes() : null)
			.param("declaredDevices", (declared != null) ? String.join(",", declared.devices()) : null)
			.update();
	}

}
