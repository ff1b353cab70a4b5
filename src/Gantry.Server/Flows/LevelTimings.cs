using Gantry.Server.Figures;

namespace Gantry.Server.Flows;

/// <summary>How much of a level is in use, by how long it was so.</summary>
internal sealed class LevelTimings(PriorityLevel level, TimeProvider clock) : TimingFigures(clock, SeatBounds, RequestBounds, RequestBounds, DemandBounds, [])
{
    /// <summary>Seats that are taken, of the level's own.</summary>
    public const int Seats = 0;

    /// <summary>Requests that are answered, by the level's own seats.</summary>
    public const int Executing = 1;

    /// <summary>Requests that wait, of those that may.</summary>
    public const int Waiting = 2;

    /// <summary>Seats that could be used, by the level's own.</summary>
    public const int Demand = 3;

    private static readonly double[] SeatBounds = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1];
    private static readonly double[] RequestBounds = [0, 0.001, 0.003, 0.01, 0.03, 0.1, 0.25, 0.5, 0.75, 1];
    private static readonly double[] DemandBounds = [0.2, 0.4, 0.6, 0.8, 1, 1.2, 1.4, 1.7, 2, 2.8, 4, 6];

    protected override void Read(Span<double> values)
    {
        var own = Math.Max(1, level.Limits.Nominal);
        var (used, waiting) = (level.InUse, level.WaitingSeats);
        values[Seats] = (double)used / own;
        values[Executing] = (double)level.Executing / own;
        values[Waiting] = (double)level.Waiting / Math.Max(1, level.WaitingLimit);
        values[Demand] = (double)(used + waiting) / own;
        values[4] = used + waiting;
    }
}
