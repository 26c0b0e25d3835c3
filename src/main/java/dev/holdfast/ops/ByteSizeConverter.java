package dev.holdfast.ops;

import java.util.Set;

import dev.holdfast.contract.ByteSize;
import org.jspecify.annotations.Nullable;

import org.springframework.boot.context.properties.ConfigurationPropertiesBinding;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.convert.converter.GenericConverter;
import org.springframework.stereotype.Component;

/**
 * Reads sizes in configuration, by the same rules as in requests.
 */
@Component
@ConfigurationPropertiesBinding
class ByteSizeConverter implements GenericConverter {

	@Override
	public Set<ConvertiblePair> getConvertibleTypes() {
		return Set.of(new ConvertiblePair(String.class, ByteSize.class),
				new ConvertiblePair(Number.class, ByteSize.class));
	}

	@Override
	public @Nullable Object convert(@Nullable Object source, TypeDescriptor sourceType, TypeDescriptor targetType) {
		String text = String.valueOf(source);
		return (source == null || text.isEmpty()) ? null : ByteSize.parse(text);
	}

}
