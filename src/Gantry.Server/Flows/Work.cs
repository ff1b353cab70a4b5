namespace Gantry.Server.Flows;

/// <summary>What a request is estimated to cost: seats while it is answered, and seats that its events take afterwards, when the client has its answer.</summary>
/// <param name="Initial">While it is answered.</param>
/// <param name="Final">Afterwards.</param>
/// <param name="Additional">How long afterwards.</param>
public readonly record struct Work(int Initial, int Final, TimeSpan Additional)
{
    /// <summary>The seats it has from its beginning to its end: the wider of both.</summary>
    public int Seats => Math.Max(Initial, Final);

    /// <summary>That many seats and nothing afterwards.</summary>
    public static Work Of(int seats) => new(seats, 0, TimeSpan.Zero);

    /// <summary>In seats times seconds.</summary>
    /// <param name="seconds">How long it is answered.</param>
    public double Cost(double seconds) => (Initial * seconds) + (Final * Additional.TotalSeconds);
}
