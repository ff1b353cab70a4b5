namespace Gantry.Control;

/// <summary>What a reconciliation asks of its host.</summary>
public abstract record Again
{
    private Again()
    {
    }

    /// <summary>Nothing until something changes.</summary>
    public static Again No { get; } = new Never();

    /// <summary>Another look after a while, without anything having failed.</summary>
    public static Again After(TimeSpan delay) => new Later(delay);

    /// <summary>Another try after a pause that grows from failure to failure.</summary>
    public static Again Failed(string why) => new Failure(why);

    public sealed record Never : Again;

    public sealed record Later(TimeSpan Delay) : Again;

    public sealed record Failure(string Why) : Again;
}
