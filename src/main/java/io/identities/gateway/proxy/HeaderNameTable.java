package io.identities.gateway.proxy;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Header names with a value each, found in any spelling that CGI and its heirs read as the same name: any case, and
 * everything but letters and digits for one another. Immutable; a look-up allocates nothing.
 */
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

    @SuppressWarnings("unchecked")
    @Nullable V get(CharSequence name) {
        for (int slot = hash(name) & mask; ; slot = slot + 1 & mask) {
            String candidate = names[slot];
            if (candidate == null) {
                return null;
            }
            if (same(candidate, name)) {
                return (V) values[slot];
            }
        }
    }

    /** Whether two names are one and the same to a reader that folds them. */
    static boolean same(CharSequence left, CharSequence right) {
        if (left.length() != right.length()) {
            return false;
        }
        for (int i = left.length() - 1; i >= 0; i--) {
            if (fold(left.charAt(i)) != fold(right.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    static boolean startsWith(CharSequence name, String prefix) {
        if (name.length() < prefix.length()) {
            return false;
        }
        for (int i = 0; i < prefix.length(); i++) {
            if (fold(name.charAt(i)) != prefix.charAt(i)) {
                return false;
            }
        }
        return true;
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
            hash = 31 * hash + fold(name.charAt(i));
        }
        return hash ^ hash >>> 15;
    }

    private static char fold(char c) {
        if (c >= 'a' && c <= 'z' || c >= '0' && c <= '9') {
            return c;
        }
        return c >= 'A' && c <= 'Z' ? (char) (c + 32) : '-';
    }
}
