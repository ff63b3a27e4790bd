package io.identities.gateway.server;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.availability.ApplicationAvailabilityBean;
import org.springframework.boot.availability.AvailabilityState;
import org.springframework.boot.availability.ReadinessState;

/**
 * Once the shutdown has begun, this gateway refuses traffic whatever Boot publishes: a gateway that is stopped during
 * its warm-up would otherwise become ready at the end of the warm-up, in the middle of the pre-stop delay.
 */
final class DrainingAvailabilityBean extends ApplicationAvailabilityBean {

    private final Draining draining;

    DrainingAvailabilityBean(Draining draining) {
        this.draining = draining;
    }

    @Override
    public <S extends AvailabilityState> S getState(Class<S> stateType, S defaultState) {
        S refusing = refusing(stateType);
        return refusing == null ? super.getState(stateType, defaultState) : refusing;
    }

    @Override
    public <S extends AvailabilityState> @Nullable S getState(Class<S> stateType) {
        S refusing = refusing(stateType);
        return refusing == null ? super.getState(stateType) : refusing;
    }

    private <S extends AvailabilityState> @Nullable S refusing(Class<S> stateType) {
        return draining.isDraining() && stateType == ReadinessState.class
                ? stateType.cast(ReadinessState.REFUSING_TRAFFIC)
                : null;
    }
}
