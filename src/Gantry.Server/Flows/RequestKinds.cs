using Gantry.Server.Figures;

namespace Gantry.Server.Flows;

/// <summary>How many requests that read and that write wait and are answered, as parts of what the server takes of each.</summary>
public sealed class RequestKinds : TimingFigures
{
    private static readonly double[] Bounds = [0, 0.001, 0.01, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];

    private readonly FlowSettings _settings;
    private int _reading;
    private int _readsWaiting;
    private int _writing;
    private int _writesWaiting;

    public RequestKinds(FlowSettings settings, TimeProvider clock)
        : base(clock, Bounds, Bounds, Bounds, Bounds) => _settings = settings;

    /// <summary>A request begins or ends to be answered.</summary>
    public void Executing(bool writes, int change)
    {
        Interlocked.Add(ref writes ? ref _writing : ref _reading, change);
        Touch();
    }

    /// <summary>A request begins or ends to wait.</summary>
    public void Waiting(bool writes, int change)
    {
        Interlocked.Add(ref writes ? ref _writesWaiting : ref _readsWaiting, change);
        Touch();
    }

    protected override void Read(Span<double> values)
    {
        var (reads, writes) = ((double)Math.Max(1, _settings.Seats - _settings.WritingSeats), (double)Math.Max(1, _settings.WritingSeats));
        values[0] = Volatile.Read(ref _readsWaiting) / reads;
        values[1] = Volatile.Read(ref _reading) / reads;
        values[2] = Volatile.Read(ref _writesWaiting) / writes;
        values[3] = Volatile.Read(ref _writing) / writes;
    }
}
