namespace Gantry.Scheduler.Facts;

/// <summary>Amounts as integers, so that comparing a pod with a node needs no parsing: milli-CPU, and bytes for memory and storage.</summary>
public sealed record Resources
{
    public static readonly Resources None = new();

    public long MilliCpu { get; init; }

    public long Memory { get; init; }

    public long EphemeralStorage { get; init; }

    /// <summary>Sorted by name.</summary>
    public ExtendedResource[] Extended { get; init; } = [];

    public bool IsZero => MilliCpu == 0 && Memory == 0 && EphemeralStorage == 0 && Extended.Length == 0;

    public long ExtendedAmount(string name)
    {
        foreach (var item in Extended)
        {
            if (string.Equals(item.Name, name, StringComparison.Ordinal))
            {
                return item.Amount;
            }
        }

        return 0;
    }
}
