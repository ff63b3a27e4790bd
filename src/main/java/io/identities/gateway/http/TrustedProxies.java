package io.identities.gateway.http;

import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The networks whose forwarded headers are trusted. Immutable, thread-safe; never resolves a host name. An IPv4-mapped
 * IPv6 address counts as the IPv4 address.
 */
public final class TrustedProxies {

    private final Network[] networks;

    private TrustedProxies(List<Network> networks) {
        this.networks = networks.toArray(Network[]::new);
    }

    /** Trusts nobody. */
    public static TrustedProxies none() {
        return new TrustedProxies(List.of());
    }

    /**
     * @param property the setting's full name, for the message
     * @param cidrs networks ({@code 10.0.0.0/8}, {@code fd00::/8}) or single addresses
     * @throws IllegalArgumentException for anything else: host names, bad prefixes, and prefixes of length zero, which
     *     would trust the whole world
     */
    public static TrustedProxies of(String property, List<String> cidrs) {
        List<Network> networks = new ArrayList<>();
        for (String cidr : cidrs) {
            networks.add(Network.of(property, cidr.strip()));
        }
        return new TrustedProxies(networks);
    }

    public boolean isEmpty() {
        return networks.length == 0;
    }

    public boolean contains(InetAddress address) {
        if (networks.length == 0) {
            return false;
        }
        byte[] bytes = address.getAddress();
        for (Network network : networks) {
            if (network.contains(bytes)) {
                return true;
            }
        }
        return false;
    }

    /**
     * The client behind {@code peer}: the rightmost address of {@code X-Forwarded-For} that is not a trusted proxy
     * itself; where the list holds something other than addresses, the last hop that can be parsed.
     *
     * @param forwardedFor every value of the header, in order
     */
    public InetAddress clientBehind(InetAddress peer, List<String> forwardedFor) {
        InetAddress client = peer;
        for (int line = forwardedFor.size() - 1; line >= 0; line--) {
            String value = forwardedFor.get(line);
            int end = value.length();
            while (end >= 0) {
                if (!contains(client)) {
                    return client;
                }
                int comma = value.lastIndexOf(',', end - 1);
                InetAddress hop = addressOf(value.substring(comma + 1, end).strip());
                if (hop == null) {
                    return client;
                }
                client = hop;
                end = comma;
            }
        }
        return client;
    }

    /** The address of {@code 192.0.2.1}, {@code 192.0.2.1:80}, {@code 2001:db8::1} or {@code [2001:db8::1]:80}. */
    private static @Nullable InetAddress addressOf(String text) {
        if (text.startsWith("[")) {
            int close = text.indexOf(']');
            return close < 0 ? null : literal(text.substring(1, close));
        }
        int colon = text.indexOf(':');
        boolean hasPort = colon >= 0 && text.indexOf(':', colon + 1) < 0;
        return literal(hasPort ? text.substring(0, colon) : text);
    }

    private static @Nullable InetAddress literal(String text) {
        byte[] bytes = literalBytes(text);
        try {
            return bytes == null ? null : InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            return null;
        }
    }

    private static byte @Nullable [] literalBytes(String text) {
        if (text.indexOf('%') >= 0 || text.startsWith("[")) {
            return null;
        }
        if (NetUtil.isValidIpV4Address(text) || NetUtil.isValidIpV6Address(text)) {
            return NetUtil.createByteArrayFromIpAddressString(text);
        }
        return null;
    }

    private static final class Network {

        private final byte[] address;
        private final int prefix;

        private Network(byte[] address, int prefix) {
            this.address = address;
            this.prefix = prefix;
        }

        static Network of(String property, String cidr) {
            int slash = cidr.indexOf('/');
            byte[] address = literalBytes(slash < 0 ? cidr : cidr.substring(0, slash));
            if (address == null) {
                throw fault(property, cidr, "a network such as 10.0.0.0/8 or fd00::/8, or an address; no host name");
            }
            int bits = address.length * 8;
            int prefix = slash < 0 ? bits : prefix(cidr.substring(slash + 1));
            if (prefix < 0 || prefix > bits) {
                throw fault(property, cidr, "a prefix length from 1 to " + bits);
            }
            if (prefix == 0) {
                throw fault(property, cidr, "the networks of your own proxies: a prefix of 0 trusts everybody");
            }
            return isMapped(address) && prefix >= 96
                    ? new Network(Arrays.copyOfRange(address, 12, 16), mappedPrefix(property, cidr, prefix))
                    : new Network(address, prefix);
        }

        boolean contains(byte[] other) {
            if (other.length != address.length) {
                return false;
            }
            int whole = prefix / 8;
            for (int i = 0; i < whole; i++) {
                if (other[i] != address[i]) {
                    return false;
                }
            }
            int rest = prefix % 8;
            return rest == 0 || (other[whole] ^ address[whole]) >> 8 - rest == 0;
        }

        private static int mappedPrefix(String property, String cidr, int prefix) {
            if (prefix == 96) {
                throw fault(property, cidr, "the networks of your own proxies: this trusts all of IPv4");
            }
            return prefix - 96;
        }

        private static boolean isMapped(byte[] address) {
            if (address.length != 16 || address[10] != -1 || address[11] != -1) {
                return false;
            }
            for (int i = 0; i < 10; i++) {
                if (address[i] != 0) {
                    return false;
                }
            }
            return true;
        }

        private static int prefix(String text) {
            if (text.isEmpty() || text.length() > 3 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                return -1;
            }
            return Integer.parseInt(text);
        }

        private static IllegalArgumentException fault(String property, String found, String expected) {
            return new IllegalArgumentException(property + ": found '" + found + "', expected " + expected);
        }
    }
}
