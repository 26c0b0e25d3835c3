package dev.holdfast.api.rest;

import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

import com.fasterxml.jackson.databind.JavaType;
import dev.holdfast.contract.ByteSize;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What the schemas of requests and answers say beyond what is read from records: what is
 * not {@link Nullable} is there in each, and a size is bytes or text.
 */
final class SchemaConverter implements ModelConverter {

	private static final String OURS = "dev.holdfast.";

	private final Map<String, Class<?>> names = new ConcurrentHashMap<>();

	@Override
	public @Nullable Schema<?> resolve(AnnotatedType type, ModelConverterContext context,
			Iterator<ModelConverter> chain) {
		Class<?> raw = raw(type);
		if (raw == ByteSize.class) {
			return size();
		}
		Schema<?> schema = chain.hasNext() ? chain.next().resolve(type, context, chain) : null;
		if (raw != null && raw.getName().startsWith(OURS) && !raw.isEnum()) {
			String name = name(raw);
			Schema<?> defined = context.getDefinedModels().get(name);
			Class<?> other = this.names.putIfAbsent(name, raw);
			if (other != null && other != raw) {
				throw new IllegalStateException("%s and %s would be one schema".formatted(raw, other));
			}
			if (raw.isRecord() && defined != null && defined.getProperties() != null) {
				require(defined, raw);
				name(defined, raw);
			}
		}
		return schema;
	}

	private static String name(Class<?> type) {
		io.swagger.v3.oas.annotations.media.Schema said = type
			.getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
		return (said != null && !said.name().isEmpty()) ? said.name() : type.getSimpleName();
	}

	private static void require(Schema<?> schema, Class<?> type) {
		List<String> required = Arrays.stream(type.getRecordComponents())
			.filter((component) -> schema.getProperties().containsKey(component.getName()))
			.filter(SchemaConverter::isRequired)
			.map(RecordComponent::getName)
			.sorted()
			.toList();
		schema.setRequired(required.isEmpty() ? null : required);
	}

	private static void name(Schema<?> schema, Class<?> type) {
		for (RecordComponent component : type.getRecordComponents()) {
			OneOf names = component.getAccessor().getAnnotation(OneOf.class);
			Schema<?> property = schema.getProperties().get(component.getName());
			if (names != null && property != null) {
				Schema<Object> text = ApiSchemas.string(property.getDescription());
				for (Enum<?> value : names.value().getEnumConstants()) {
					text.addEnumItemObject(value.name().toLowerCase(Locale.ROOT).replace('_', '-'));
				}
				schema.getProperties().put(component.getName(), text);
			}
			else if (property != null && component.getType() == Integer.class && property.getEnum() != null) {
				// An annotation can list numbers only as text.
				Schema<Object> number = ApiSchemas.integer();
				property.getEnum().forEach((value) -> number.addEnumItemObject(Integer.valueOf(value.toString())));
				schema.getProperties().put(component.getName(), number);
			}
		}
	}

	private static boolean isRequired(RecordComponent component) {
		io.swagger.v3.oas.annotations.media.Schema said = component.getAccessor()
			.getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
		if (said != null && said.requiredMode() == io.swagger.v3.oas.annotations.media.Schema.RequiredMode.REQUIRED) {
			return true;
		}
		return !component.getAnnotatedType().isAnnotationPresent(Nullable.class);
	}

	private static @Nullable Class<?> raw(AnnotatedType type) {
		if (type.getType() instanceof Class<?> plain) {
			return plain;
		}
		if (type.getType() instanceof JavaType java) {
			return java.getRawClass();
		}
		return (type.getType() != null) ? Json31.mapper().constructType(type.getType()).getRawClass() : null;
	}

	private static Schema<?> size() {
		Schema<Object> bytes = ApiSchemas.bytes();
		bytes.setMinimum(BigDecimal.ZERO);
		bytes.setMaximum(BigDecimal.valueOf(ByteSize.MAX_BYTES));
		Schema<Object> text = ApiSchemas.string(null);
		text.setPattern("^[0-9]{1,19}\\s*(KiB|MiB|GiB|TiB)?$");
		Schema<Object> size = new JsonSchema();
		size.setDescription("Bytes, or a string with a unit, such as `64MiB`.");
		size.addOneOfItem(bytes);
		size.addOneOfItem(text);
		return size;
	}

}
