package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.LoopResources;

class EventLoopLagTest {

    @Test
    void loopThatHangsIsSeenWhileItHangs() {
        MeterRegistry registry = new SimpleMeterRegistry();
        CountDownLatch end = new CountDownLatch(1);
        LoopResources loops = LoopResources.create("lag", 1, true);
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setLoopResources(loops);
        resources.afterPropertiesSet();
        EventLoopLag lag = new EventLoopLag(resources, registry);
        try {
            loops.onServer(true).next().execute(() -> awaitUninterruptibly(end));
            lag.start();
            assertThat(registry.get("identities.eventloop.lag").gauge().value()).isZero();

            await().until(() -> registry.get("identities.eventloop.lag").gauge().value() > 0);
        } finally {
            end.countDown();
            lag.stop();
            resources.destroy();
            loops.dispose();
        }
    }

    private static void awaitUninterruptibly(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
