namespace Gantry.Api.Yaml;

/// <summary>The tags of YAML 1.1 that say what a scalar is.</summary>
internal static class YamlScalarTags
{
    public const string Prefix = "tag:yaml.org,2002:";
    public const string Text = Prefix + "str";
    public const string Boolean = Prefix + "bool";
    public const string Integer = Prefix + "int";
    public const string Real = Prefix + "float";
    public const string Nothing = Prefix + "null";
    public const string Time = Prefix + "timestamp";
    public const string Bytes = Prefix + "binary";
    public const string Merge = Prefix + "merge";

    /// <summary>As messages show a tag: <c>!!int</c>.</summary>
    public static string Short(string tag) => tag.StartsWith(Prefix, StringComparison.Ordinal) ? "!!" + tag[Prefix.Length..] : tag;
}
