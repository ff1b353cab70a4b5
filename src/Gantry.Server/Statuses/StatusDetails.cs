namespace Gantry.Server.Statuses;

/// <summary>One reason for a refusal, machine-readable.</summary>
public sealed record StatusCause(string Reason, string Message, string Field);

/// <summary>What a <see cref="ApiStatus"/> is about.</summary>
public sealed record StatusDetails
{
    public string Name { get; init; } = "";

    public string Group { get; init; } = "";

    /// <summary>A plural or a kind, as the operation that failed names it.</summary>
    public string Kind { get; init; } = "";

    public string Uid { get; init; } = "";

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    public int RetryAfterSeconds { get; init; }
}
