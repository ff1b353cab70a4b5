using System.Globalization;

namespace Gantry.Api.Yaml;

/// <summary>Text that is no YAML. The message and its line are those of the library that Kubernetes reads YAML with, as clients see them.</summary>
internal sealed class YamlError : Exception
{
    private YamlError(string problem, int line)
        : base(line > 0 ? string.Create(CultureInfo.InvariantCulture, $"line {line}: {problem}") : problem)
    {
    }

    /// <summary>Bytes that are no text.</summary>
    public static YamlError OfInput(string problem) => new(problem, 0);

    /// <summary>Characters that make no token.</summary>
    /// <param name="problem">What is wrong.</param>
    /// <param name="at">Where that was seen.</param>
    /// <param name="context">Where the token began.</param>
    public static YamlError OfScanner(string problem, YamlMark at, YamlMark context) => new(problem, at.Line > 0 ? at.Line + 1 : context.Line);

    /// <summary>Tokens that make no document. Lines are counted from zero here, and the first is not told.</summary>
    public static YamlError OfParser(string problem, YamlMark at, YamlMark context = default) => new(problem, at.Line > 0 ? at.Line : context.Line);

    /// <summary>A document that means nothing.</summary>
    public static YamlError OfMeaning(string problem) => new(problem, 0);
}
