using Gantry.Api.Models;

namespace Gantry.Node.Probes;

/// <summary>The probes of one running container: each asks in its own rhythm, together they make a verdict.</summary>
public sealed class ContainerProbes : IAsyncDisposable
{
    private readonly ProbeParts _parts;
    private readonly ProbeTarget _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly List<Task> _running = [];
    private volatile ProbeVerdict _verdict;

    /// <param name="parts">What they need.</param>
    /// <param name="target">The container.</param>
    /// <param name="since">When it started.</param>
    /// <param name="known">What was known of it before this process began; null: nothing.</param>
    public ContainerProbes(ProbeParts parts, ProbeTarget target, DateTimeOffset since, ProbeVerdict? known)
    {
        _parts = parts;
        _target = target;
        var spec = target.Container;
        var started = spec.StartupProbe is null || known is { Started: true };
        _verdict = new ProbeVerdict { Started = started, Ready = started && (spec.ReadinessProbe is null || known is { Ready: true }) };
        if (started)
        {
            _started.SetResult();
        }

        Run(started ? null : spec.StartupProbe, ProbeKind.Startup, since);
        Run(spec.ReadinessProbe, ProbeKind.Readiness, since);
        Run(spec.LivenessProbe, ProbeKind.Liveness, since);
    }

    public ProbeVerdict Verdict => _verdict;

    public static bool Needed(V1Container container) => container.StartupProbe is not null || container.ReadinessProbe is not null || container.LivenessProbe is not null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        foreach (var loop in _running)
        {
            await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _stop.Dispose();
    }

    private void Run(V1Probe? probe, ProbeKind kind, DateTimeOffset since)
    {
        if (probe is not null)
        {
            var ct = _stop.Token;
            _running.Add(Task.Run(() => LoopAsync(probe, kind, since, ct), CancellationToken.None));
        }
    }

    private async Task LoopAsync(V1Probe probe, ProbeKind kind, DateTimeOffset since, CancellationToken ct)
    {
        var clock = _parts.Clock;
        var period = TimeSpan.FromSeconds(probe.PeriodSeconds > 0 ? probe.PeriodSeconds : 10);
        var counter = new ProbeCounter(probe.SuccessThreshold, probe.FailureThreshold > 0 ? probe.FailureThreshold : 3, kind switch
        {
            ProbeKind.Readiness => _verdict.Ready,
            ProbeKind.Liveness => true,
            _ => null,
        });
        if (kind != ProbeKind.Startup)
        {
            await _started.Task.WaitAsync(ct);
        }

        var first = since + TimeSpan.FromSeconds(probe.InitialDelaySeconds) - clock.GetUtcNow();
        if (first > TimeSpan.Zero)
        {
            await Task.Delay(first, clock, ct);
        }

        while (true)
        {
            var outcome = await _parts.Runner.ProbeAsync(probe, _target, ct);
            if (!outcome.Success)
            {
                _parts.Unhealthy($"{kind} probe failed: {outcome.Output}");
            }

            if (counter.Feed(outcome.Success))
            {
                Tell(kind, outcome.Success, probe);
            }

            if ((kind == ProbeKind.Startup && counter.Result is not null) || _verdict.Kill is not null)
            {
                return;
            }

            await Task.Delay(period, clock, ct);
        }
    }

    private void Tell(ProbeKind kind, bool good, V1Probe probe)
    {
        lock (_lock)
        {
            var name = _target.Container.Name;
            var grace = probe.TerminationGracePeriodSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
            _verdict = kind switch
            {
                ProbeKind.Startup when good => _verdict with { Started = true, Ready = _target.Container.ReadinessProbe is null },
                ProbeKind.Startup => _verdict with { Kill = $"Container {name} failed startup probe, will be restarted", Grace = grace },
                ProbeKind.Readiness => _verdict with { Ready = good },
                _ when !good => _verdict with { Kill = $"Container {name} failed liveness probe, will be restarted", Grace = grace },
                _ => _verdict,
            };
        }

        if (_verdict.Started)
        {
            _started.TrySetResult();
        }

        _parts.Changed();
    }
}
