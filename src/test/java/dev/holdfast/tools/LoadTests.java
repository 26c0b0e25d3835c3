package dev.holdfast.tools;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Locale;

import dev.holdfast.ops.ServiceTest;
import dev.holdfast.testing.RequiresTool;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * wrk reads at random places over many connections, for a short time. How many reads that
 * makes is not the question here.
 */
@ServiceTest
@RequiresTool({ "curl", "wrk" })
class LoadTests extends Workplace {

	private static final int SIZE = 16 << 20;

	private static final int LINE = 16;

	private Shell shell;

	/** Each line says where it is, so that a reader can tell a wrong place. */
	@BeforeEach
	void write() throws Exception {
		ByteArrayOutputStream lines = new ByteArrayOutputStream(SIZE);
		for (int offset = 0; offset < SIZE; offset += LINE) {
			lines.writeBytes(String.format(Locale.ROOT, "%015d\n", offset).getBytes(StandardCharsets.US_ASCII));
		}
		Files.write(this.here.resolve("lines"), lines.toByteArray());
		this.shell = shell(volume(SIZE));
		this.shell.run("curl --fail-with-body -sS -K token.curl -T lines \"$data?offset=0\"");
		Files.writeString(this.here.resolve("ranges.lua"),
				"""
						local size, threads = %d, {}

						function setup(thread)
						  table.insert(threads, thread)
						  thread:set("seed", #threads)
						end

						function init(arguments)
						  math.randomseed(seed)
						  wrong = 0
						  good = 0
						  authorization = io.open(arguments[1]):read("*l"):match("^Authorization: (.*)$")
						end

						function request()
						  local length = math.random(1, 16384)
						  local first = math.random(0, size - length)
						  local range = string.format("bytes=%%d-%%d", first, first + length - 1)
						  return wrk.format("GET", nil, { Authorization = authorization, Range = range })
						end

						local function right(status, headers, body)
						  local first, last = (headers["Content-Range"] or ""):match("^bytes (%%d+)-(%%d+)/" .. size .. "$")
						  if status ~= 206 or not first or #body ~= last - first + 1 then return false end
						  for at = -first %% 16 + 1, #body - 15, 16 do
						    if body:sub(at, at + 14) ~= string.format("%%015d", first + at - 1) then return false end
						  end
						  return true
						end

						function response(status, headers, body)
						  if right(status, headers, body) then good = good + 1 else wrong = wrong + 1 end
						end

						function done(summary, latency, requests)
						  local all, bad, errors = 0, 0, summary.errors
						  for _, thread in ipairs(threads) do
						    all = all + thread:get("good")
						    bad = bad + thread:get("wrong")
						  end
						  print(string.format("wrong %%d, status %%d, connect %%d, read %%d, write %%d, timeout %%d; good %%d", bad,
						    errors.status, errors.connect, errors.read, errors.write, errors.timeout, all))
						end
						"""
					.formatted(SIZE));
	}

	@Test
	void shouldReadAtRandomPlaces() throws Exception {
		String said = this.shell.run("wrk -t2 -c32 -d3s --timeout 20s -s ranges.lua $data -- token.header");
		assertThat(said).contains("wrong 0, status 0, connect 0, read 0, write 0, timeout 0; good ")
			.doesNotContain("good 0");
	}

}
