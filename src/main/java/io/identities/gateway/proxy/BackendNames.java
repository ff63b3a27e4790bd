package io.identities.gateway.proxy;

import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.NameResolverProvider;

/**
 * Resolves the backend's name: from the hosts file, then by DNS. Resolves for every new connection; tries the next
 * address if one refuses.
 */
final class BackendNames {

    /** The longest that a DNS record is cached, whatever its TTL, so that address changes are followed. */
    private static final Duration MAX_TIME_TO_LIVE = Duration.ofSeconds(10);

    private BackendNames() {}

    /**
     * @param queryTimeout for one query to one server
     * @param servers used in place of the system's
     */
    static DnsAddressResolverGroup resolvedBy(
            LoopResources loops, Duration queryTimeout, @Nullable DnsServerAddressStreamProvider servers) {
        return NameResolverProvider.builder()
                .cacheMaxTimeToLive(MAX_TIME_TO_LIVE)
                .queryTimeout(queryTimeout)
                .dnsAddressResolverGroupProvider(builder -> new DnsAddressResolverGroup(askedOf(servers, builder)))
                .build()
                .newNameResolverGroup(loops, LoopResources.DEFAULT_NATIVE);
    }

    private static DnsNameResolverBuilder askedOf(
            @Nullable DnsServerAddressStreamProvider servers, DnsNameResolverBuilder builder) {
        return servers == null ? builder : builder.nameServerProvider(servers);
    }
}
