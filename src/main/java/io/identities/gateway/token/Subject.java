package io.identities.gateway.token;

import java.util.List;
import java.util.Map;

/**
 * Who a token speaks of.
 *
 * @param name the username that the credential check approved or returned; never blank at either end
 * @param roles in the order of the source, possibly empty
 * @param claims further mapped claims, JSON values only
 */
public record Subject(String name, List<String> roles, Map<String, Object> claims) {

    public Subject {
        if (name.isEmpty() || !name.equals(name.strip())) {
            throw new IllegalArgumentException("A subject's name must not be empty or begin or end with a blank");
        }
        roles = List.copyOf(roles);
        claims = Map.copyOf(claims);
    }

    public static Subject named(String name) {
        return new Subject(name, List.of(), Map.of());
    }
}
