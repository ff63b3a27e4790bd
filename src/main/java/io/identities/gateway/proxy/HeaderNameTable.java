package io.identities.gateway.proxy;

import io.identities.gateway.http.HeaderName;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Maps header names to values, in any spelling ({@link HeaderName}). Immutable; a look-up allocates nothing. */
final class HeaderNameTable<V> {

    private final String[] names;
    private final Object[] values;
    private final int mask;

    HeaderNameTable(Map<String, V> entries) {
        int size = Integer.highestOneBit(Math.max(8, entries.size() * 4));
        names = new String[size];
        values = new Object[size];
        mask = size - 1;
        entries.forEach(this::put);
    }

    static HeaderNameTable<Boolean> ofNames(List<String> names, String... more) {
        return new HeaderNameTable<>(
                Stream.concat(names.stream(), Stream.of(more)).collect(Collectors.toMap(name -> name, name -> true)));
    }

    boolean contains(CharSequence name) {
        return get(name) != null;
    }

    @SuppressWarnings("unchecked")
    @Nullable V get(CharSequence name) {
        for (int slot = hash(name) & mask; ; slot = slot + 1 & mask) {
            String candidate = names[slot];
            if (candidate == null) {
                return null;
            }
            if (HeaderName.same(candidate, name)) {
                return (V) values[slot];
            }
        }
    }

    private void put(String name, V value) {
        int slot = hash(name) & mask;
        while (names[slot] != null) {
            slot = slot + 1 & mask;
        }
        names[slot] = name;
        values[slot] = value;
    }

    private static int hash(CharSequence name) {
        int hash = name.length();
        for (int i = 0; i < name.length(); i++) {
            hash = 31 * hash + HeaderName.fold(name.charAt(i));
        }
        return hash ^ hash >>> 15;
    }
}
