package dev.holdfast.tenant;

import java.util.EnumSet;
import java.util.Set;

import dev.holdfast.contract.Problem;
import dev.holdfast.contract.ProblemException;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

class IdentityTests {

	@Test
	void shouldLetAnAdministratorManageButNotSeeBytes() {
		assertThat(rights(Role.ADMIN)).containsExactlyInAnyOrder(Right.ADMINISTER, Right.LIST, Right.MANAGE);
	}

	@Test
	void shouldLetATenantDoEverythingInside() {
		assertThat(rights(Role.TENANT)).containsExactlyInAnyOrder(Right.LIST, Right.MANAGE, Right.READ, Right.WRITE);
	}

	@Test
	void shouldLetAReaderRead() {
		assertThat(rights(Role.READER)).containsExactlyInAnyOrder(Right.LIST, Right.READ);
	}

	@Test
	void shouldNotFindAnotherTenantWhateverTheRight() {
		for (Right right : Right.values()) {
			assertThatExceptionOfType(ProblemException.class)
				.isThrownBy(() -> identity(Role.READER).require(right, "other"))
				.satisfies((ex) -> assertThat(ex.problem()).isEqualTo(Problem.NOT_FOUND));
		}
	}

	@Test
	void shouldSeeItsTenantsThingsAndAnAdministratorAll() {
		assertThat(identity(Role.TENANT).sees("acme")).isTrue();
		assertThat(identity(Role.READER).sees("other")).isFalse();
		assertThat(identity(Role.TENANT).sees(null)).isFalse();
		assertThat(identity(Role.ADMIN).sees("acme")).isTrue();
		assertThat(identity(Role.ADMIN).sees(null)).isTrue();
	}

	private static Set<Right> rights(Role role) {
		Set<Right> rights = EnumSet.noneOf(Right.class);
		for (Right right : Right.values()) {
			try {
				identity(role).require(right, "acme");
				rights.add(right);
			}
			catch (ProblemException ex) {
				assertThat(ex.problem()).isEqualTo(Problem.FORBIDDEN);
			}
		}
		return rights;
	}

	private static Identity identity(Role role) {
		return new Identity("id", "name", role, (role == Role.ADMIN) ? null : "acme", null);
	}

}
