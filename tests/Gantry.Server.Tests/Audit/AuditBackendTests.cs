using Gantry.Server.Audit;
using Gantry.Testing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Gantry.Server.Tests.Audit;

public sealed class AuditBackendTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("gantry-audit-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void AFullFileIsPutAsideAndOldOnesGo()
    {
        var clock = new ManualTimeProvider();
        using var file = new AuditLogFile(new AuditLogOptions { Path = Path.Combine(_folder, "audit.log"), MaxSizeMegabytes = 1, MaxBackups = 2, Compress = true }, clock);
        var line = new byte[600_000];
        for (var i = 0; i < 5; i++)
        {
            file.Write(line);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(
            ["audit-2026-01-01T00-00-03.000.log.gz", "audit-2026-01-01T00-00-04.000.log.gz", "audit.log"],
            Directory.EnumerateFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void FilesGoWhenTheyAreTooOld()
    {
        var clock = new ManualTimeProvider();
        using var file = new AuditLogFile(new AuditLogOptions { Path = Path.Combine(_folder, "audit.log"), MaxSizeMegabytes = 1, MaxAgeDays = 1 }, clock);
        var line = new byte[600_000];
        for (var i = 0; i < 3; i++)
        {
            file.Write(line);
            clock.Advance(TimeSpan.FromHours(25));
        }

        Assert.Equal(["audit-2026-01-03T02-00-00.000.log", "audit.log"], Directory.EnumerateFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task AFullBufferLosesWhatComesAndCountsIt()
    {
        var (figures, slow) = (new AuditFigures(), new Collecting { Gate = new TaskCompletionSource() });
        var options = new AuditBatchOptions { BufferSize = 2, MaxSize = 1 };
        await using (var buffered = new AuditBufferedBackend(slow, options, ordered: true, figures, TimeProvider.System, NullLogger.Instance))
        {
            Assert.True(await buffered.ProcessAsync([Event("1")], default));
            await Eventually.Until(() => slow.Batches.Count == 1);
            await buffered.ProcessAsync([Event("2")], default);
            // The loop holds one batch while it waits for its turn, the buffer two more.
            for (var i = 3; i < 10; i++)
            {
                await buffered.ProcessAsync([Event("x")], default);
            }

            Assert.True(figures.LostBy("buffered") >= 4);
            slow.Gate.SetResult();
        }

        Assert.Equal("1", slow.Batches[0].Single());
        Assert.Equal(9, slow.Batches.Count + figures.LostBy("buffered"));
    }

    [Fact]
    public async Task ABatchGoesWhenItIsFullAndWhenItHasWaited()
    {
        var (clock, taking) = (new ManualTimeProvider(), new Collecting());
        var options = new AuditBatchOptions { MaxSize = 2, MaxWait = TimeSpan.FromSeconds(30) };
        await using var buffered = new AuditBufferedBackend(taking, options, ordered: true, new AuditFigures(), clock, NullLogger.Instance);
        await buffered.ProcessAsync([Event("1"), Event("2"), Event("3")], default);
        await Eventually.Until(() => taking.Batches.Count == 1);
        await Eventually.Until(() => clock.ArmedTimers > 0);
        clock.Advance(TimeSpan.FromSeconds(30));
        await Eventually.Until(() => taking.Batches.Count == 2);
        Assert.Equal(["1", "2"], taking.Batches[0]);
        Assert.Equal(["3"], taking.Batches[1]);
    }

    [Fact]
    public async Task ALargeEventLosesItsObjectsAndAHugeOneIsLost()
    {
        var (figures, taking) = (new AuditFigures(), new Collecting());
        await using var truncate = new AuditTruncateBackend(taking, new AuditTruncateOptions { Enabled = true, MaxEventSize = 2000, MaxBatchSize = 2000 }, figures, NullLogger.Instance);
        var large = Event("large") with { RequestObject = new byte[5000] };
        var huge = Event("huge") with { Facts = Event("huge").Facts with { RequestUri = new string('x', 3000) } };
        await truncate.ProcessAsync([Event("small"), large, huge], default);
        Assert.Equal(["small", "large"], taking.Batches.SelectMany(b => b));
        Assert.Equal("true", taking.Last!.Annotations.Single(a => a.Key == "audit.k8s.io/truncated").Value);
        Assert.Null(taking.Last.RequestObject);
        Assert.Equal(1, figures.LostBy("truncate"));
    }

    [Fact]
    public void TheOldFormatIsOneLineWhateverTheClientSends()
    {
        var item = Event("id") with { Facts = Event("id").Facts with { UserAgent = "a\nb\"" } };
        Assert.Equal(
            "2026-01-01T00:00:00Z AUDIT: id=\"id\" stage=\"RequestReceived\" ip=\"<unknown>\" method=\"get\" user=\"<none>\" groups=\"<none>\" as=\"<self>\" asgroups=\"<lookup>\""
            + " user-agent=\"a\\nb\\\"\" namespace=\"<none>\" uri=\"/\" response=\"<deferred>\"", item.ToLegacy());
    }

    private static AuditEvent Event(string id)
    {
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        return new AuditEvent
        {
            Level = AuditLevel.Request, Stage = AuditStages.RequestReceived, At = at, Facts = new AuditFacts { Id = id, Received = at, RequestUri = "/", Verb = "get" },
        };
    }

    private sealed class Collecting : IAuditBackend
    {
        private readonly Lock _lock = new();
        private readonly List<IReadOnlyList<string>> _batches = [];

        public TaskCompletionSource? Gate { get; init; }

        public AuditEvent? Last { get; private set; }

        public IReadOnlyList<IReadOnlyList<string>> Batches
        {
            get
            {
                lock (_lock)
                {
                    return [.. _batches];
                }
            }
        }

        public async ValueTask<bool> ProcessAsync(IReadOnlyList<AuditEvent> events, CancellationToken cancellation)
        {
            lock (_lock)
            {
                _batches.Add([.. events.Select(e => e.Facts.Id)]);
                Last = events[^1];
            }

            if (Gate is not null)
            {
                await Gate.Task.WaitAsync(cancellation);
            }

            return true;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
