package io.identities.gateway.ops;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.preinitialize.BackgroundPreinitializer;
import org.springframework.core.io.support.SpringFactoriesLoader;

class GatewayPreinitializerTest {

    @Test
    void startsFirstOfAllBesideTheStart() throws Exception {
        List<BackgroundPreinitializer> found =
                SpringFactoriesLoader.forDefaultResourceLocation().load(BackgroundPreinitializer.class);

        assertThat(found.get(0)).isInstanceOf(GatewayPreinitializer.class);
        found.get(0).preinitialize();
    }
}
