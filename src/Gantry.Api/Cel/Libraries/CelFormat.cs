namespace Gantry.Api.Cel.Libraries;

/// <summary>A named format of texts.</summary>
internal sealed class CelFormat(string name, ulong longestPattern, Func<string, IEnumerable<string>> check) : CelObject
{
    public static CelType FormatType { get; } = CelType.Struct("kubernetes.NamedFormat", static () => new Dictionary<string, CelField>());

    /// <summary>What its regular expression counts for in costs.</summary>
    public ulong LongestPattern { get; } = longestPattern;

    public override CelType Type => FormatType;

    internal override long? Size => name.Length;

    public IReadOnlyList<string> Check(string text) => [.. check(text)];

    public override string ToString() => name;
}
