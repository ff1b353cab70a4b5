using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Gantry.Store.Sqlite.Tests;

/// <summary>
/// Kills a writing process at random moments and looks at what is left. GANTRY_CRASH_ROUNDS sets the number of rounds, GANTRY_CRASH_SEED
/// repeats a run. A kill leaves the page cache, so this shows atomicity and order; that a commit is synced is the settings' promise.
/// </summary>
public sealed class CrashTests : IDisposable
{
    private const int Clients = 8;

    private readonly StoreFolder _folder = new();
    private readonly long[] _acked = new long[Clients];
    private readonly long[] _ackedAt = new long[Clients];
    private long _newest;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_killed_writer_loses_nothing_acknowledged_and_leaves_nothing_half_done()
    {
        var rounds = Setting("GANTRY_CRASH_ROUNDS", 8);
        var seed = Setting("GANTRY_CRASH_SEED", 20260101);
        var random = new Random(seed);
        for (var round = 0; round < rounds; round++)
        {
            var lines = await RunAndKillAsync(random.Next(1, 1500), random.Next());
            Learn(lines);
            try
            {
                await CheckAsync();
            }
            catch (Exception fault)
            {
                throw new InvalidOperationException($"round {round} of seed {seed}: repeat with GANTRY_CRASH_SEED={seed} GANTRY_CRASH_ROUNDS={round + 1}", fault);
            }
        }
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private async Task<List<string>> RunAndKillAsync(int lines, int seed)
    {
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            ArgumentList =
            {
                Path.Combine(AppContext.BaseDirectory, "StoreCrash.dll"), _folder.File,
                Clients.ToString(CultureInfo.InvariantCulture), (seed % 1_000_000).ToString(CultureInfo.InvariantCulture),
            },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var victim = Process.Start(start)!;
        var errors = victim.StandardError.ReadToEndAsync();
        var bytes = new MemoryStream();
        var chunk = new byte[4096];
        for (var seen = 0; await victim.StandardOutput.BaseStream.ReadAsync(chunk) is var read && read > 0;)
        {
            bytes.Write(chunk, 0, read);
            seen += chunk.AsSpan(0, read).Count((byte)'\n');
            if (seen >= lines)
            {
                lines = int.MaxValue;
                victim.Kill();
            }
        }
        await victim.WaitForExitAsync();
        Assert.Equal("", await errors);
        var text = Encoding.UTF8.GetString(bytes.ToArray());
        // What the kill cut off was not acknowledged as far as anyone can know.
        return [.. text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries)];
    }

    private void Learn(List<string> lines)
    {
        Assert.NotEmpty(lines);
        foreach (var words in lines.Select(line => line.Split(' ')))
        {
            var (client, n, at) = (int.Parse(words[1], CultureInfo.InvariantCulture), Number(words[2]), Number(words[3]));
            if (words[0] == "full")
            {
                Assert.Equal(_acked[client] + 1, n);
                Assert.True(at > _ackedAt[client], $"client {client} got revision {at} after {_ackedAt[client]}");
                (_acked[client], _ackedAt[client]) = (n, at);
            }
            _newest = Math.Max(_newest, at);
        }
    }

    private async Task CheckAsync()
    {
        await using (var store = SqliteStore.Open(_folder.Options(), TimeProvider.System))
        {
            var current = await store.CurrentRevisionAsync();
            Assert.True(current.Value >= _newest, $"the store is at {current}, but {_newest} was given out");
            for (var client = 0; client < Clients; client++)
            {
                var items = (await store.RangeAsync(RangeQuery.Prefix($"/{client}/"))).Require().Items.ToDictionary(item => item.Key);
                var n = items.TryGetValue($"/{client}/a", out var a) ? Number(Encoding.UTF8.GetString(a.Value.Span)) : 0;
                Assert.InRange(n, _acked[client], _acked[client] + 1);
                if (n == 0)
                {
                    continue;
                }
                var b = items[$"/{client}/b"];
                Assert.Equal(n, Number(Encoding.UTF8.GetString(b.Value.Span)));
                Assert.Equal(a!.ModRevision, b.ModRevision);
                Assert.Equal(n, a.Version);
                Assert.True(n != _acked[client] || a.ModRevision.Value == _ackedAt[client]);
                var log = items.Keys.Where(key => key.StartsWith($"/{client}/log/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
                Assert.Equal(Enumerable.Range(0, (int)Math.Min(20, n)).Select(back => $"/{client}/log/{n - back}").Order(StringComparer.Ordinal), log);
                // The write that was under way when the kill came is now known to have happened.
                (_acked[client], _ackedAt[client]) = (n, a.ModRevision.Value);
            }
            var next = Assert.IsType<CommitResult.Committed>(await store.CommitAsync(StoreTransaction.Put("/after", new byte[1]))).At;
            Assert.True(next.Value > _newest);
            _newest = next.Value;
        }
        Assert.IsType<VerifyResult.Sound>(Snapshots.Verify(_folder.File));
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
