namespace Gantry.Node.Grpc;

/// <summary>What goes with one call: a limit for the whole call (null: none) and request metadata.</summary>
public sealed record GrpcCallOptions
{
    public TimeSpan? Timeout { get; init; }

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
