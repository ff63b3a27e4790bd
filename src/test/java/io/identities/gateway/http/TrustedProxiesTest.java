package io.identities.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {

    private static final String PROPERTY = "identities.proxy.trusted-proxies";

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.1.2.3/8, 10.9.9.9, true",
        "192.168.4.0/22, 192.168.7.255, true",
        "192.168.4.0/22, 192.168.8.0, false",
        "128.0.0.0/1, 200.1.1.1, true",
        "128.0.0.0/1, 1.1.1.1, false",
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "127.0.0.1/32, ::ffff:127.0.0.1, true",
        "::ffff:10.0.0.0/104, 10.1.1.1, true",
        "::ffff:10.0.0.0/104, 11.1.1.1, false",
        "::ffff:10.0.0.1, 10.0.0.1, true",
        "fd00::/8, fd12::1, true",
        "fd00::/8, fe80::1, false",
        "fd00::/8, 10.0.0.1, false",
        "10.0.0.0/8, fd00::1, false",
        "2001:db8::1, 2001:db8::1, true",
        "' 10.0.0.0/8 ', 10.1.1.1, true"
    })
    @DisplayName("CFG-07 networks contain what they say; mapped addresses match their IPv4 range")
    void cfg07_contains(String network, String address, boolean contained) throws UnknownHostException {
        assertThat(TrustedProxies.of(PROPERTY, List.of(network)).contains(InetAddress.getByName(address)))
                .isEqualTo(contained);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0/0",
                "::/0",
                "::ffff:0.0.0.0/96",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/",
                "10.0.0.0/x",
                "10.0.0.0/0008",
                "fd00::/129",
                "proxy.example",
                "proxy.example/8",
                "localhost",
                "10.0.0",
                "",
                "*",
                "fe80::1%eth0",
                "[::1]"
            })
    @DisplayName("CFG-07 everything else stops the start")
    void cfg07_refused(String network) {
        assertThatThrownBy(() -> TrustedProxies.of(PROPERTY, List.of("10.0.0.0/8", network)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(PROPERTY + ": found '" + network + "', expected ");
    }

    @Test
    @DisplayName("CFG-07 an empty list trusts nobody")
    void cfg07_empty() throws UnknownHostException {
        assertThat(TrustedProxies.none().isEmpty()).isTrue();
        assertThat(TrustedProxies.none().contains(InetAddress.getLoopbackAddress()))
                .isFalse();
        assertThat(TrustedProxies.none().clientBehind(address("10.0.0.1"), List.of("6.6.6.6")))
                .isEqualTo(address("10.0.0.1"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.2.3.4 | 1.2.3.4",
                "6.6.6.6, 1.2.3.4 | 1.2.3.4",
                "6.6.6.6, 1.2.3.4, 10.0.0.9 | 1.2.3.4",
                "6.6.6.6,1.2.3.4 ,10.0.0.9, 10.0.0.8 | 1.2.3.4",
                "10.0.0.7, 10.0.0.8 | 10.0.0.7",
                "1.2.3.4:5678 | 1.2.3.4",
                "[2001:db8::1]:443 | 2001:db8::1",
                "[2001:db8::1] | 2001:db8::1",
                "2001:db8::1 | 2001:db8::1",
                "::ffff:1.2.3.4 | 1.2.3.4",
                "6.6.6.6, unknown | 10.0.0.1",
                "6.6.6.6, _hidden, 10.0.0.9 | 10.0.0.9",
                "[2001:db8::1 | 10.0.0.1",
                "example.org | 10.0.0.1",
                "6.6.6.6,, 10.0.0.9 | 10.0.0.9",
                "'' | 10.0.0.1"
            })
    @DisplayName("LOG-06 the client is the rightmost address that is not a trusted proxy")
    void log06_clientBehind(String forwardedFor, String client) throws UnknownHostException {
        TrustedProxies trusted = TrustedProxies.of(PROPERTY, List.of("10.0.0.0/8"));
        assertThat(trusted.clientBehind(address("10.0.0.1"), List.of(forwardedFor)))
                .isEqualTo(address(client));
    }

    @Test
    void severalHeaderLinesAreOneList() throws UnknownHostException {
        TrustedProxies trusted = TrustedProxies.of(PROPERTY, List.of("10.0.0.0/8"));
        assertThat(trusted.clientBehind(address("10.0.0.1"), List.of("6.6.6.6", "1.2.3.4", "10.0.0.9, 10.0.0.8")))
                .isEqualTo(address("1.2.3.4"));
        assertThat(trusted.clientBehind(address("10.0.0.1"), List.of())).isEqualTo(address("10.0.0.1"));
        assertThat(trusted.clientBehind(address("9.9.9.9"), List.of("1.2.3.4"))).isEqualTo(address("9.9.9.9"));
    }

    private static InetAddress address(String text) throws UnknownHostException {
        return InetAddress.getByName(text);
    }
}
