package io.identities.gateway.proxy;

import io.netty.resolver.dns.DnsAddressResolverGroup;
import io.netty.resolver.dns.DnsNameResolverBuilder;
import io.netty.resolver.dns.DnsServerAddressStreamProvider;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import reactor.netty.resources.LoopResources;
import reactor.netty.transport.NameResolverProvider;

/**
 * How the backend's name becomes addresses: the hosts file, then name servers. Every new connection asks; of several
 * addresses the next is tried where one refuses.
 */
final class BackendNames {

    /** What a name server may say at most about how long its answer is good, so that a moved backend is found. */
    private static final Duration MAX_TIME_TO_LIVE = Duration.ofSeconds(10);

    private BackendNames() {}

    /**
     * @param queryTimeout for one question to one server
     * @param servers to be asked in place of the system's
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
