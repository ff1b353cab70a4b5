namespace Gantry.Server.Outbound;

/// <summary>What another server answered.</summary>
/// <param name="Body">The body, empty where there is none.</param>
/// <param name="Code">The status code, 0 where no answer came.</param>
/// <param name="Problem">Why the answer cannot be used, or null when it was a success.</param>
internal sealed record JsonAnswer(byte[] Body, int Code, string? Problem)
{
    /// <summary>Whether the server asked to try again later.</summary>
    public bool AsksForPatience { get; init; }
}
