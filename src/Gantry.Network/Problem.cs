namespace Gantry.Network;

/// <summary>A setting that cannot work: its path and what it must be.</summary>
public sealed record Problem(string Path, string Rule);
