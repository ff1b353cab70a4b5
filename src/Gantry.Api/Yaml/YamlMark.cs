namespace Gantry.Api.Yaml;

/// <summary>A place in a text, all counted from zero, in characters.</summary>
internal readonly record struct YamlMark(int Index, int Line, int Column);
