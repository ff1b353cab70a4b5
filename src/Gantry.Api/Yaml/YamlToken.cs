namespace Gantry.Api.Yaml;

/// <summary>What the scanner makes of characters.</summary>
internal enum YamlTokenKind
{
    StreamEnd,
    VersionDirective,
    TagDirective,
    DocumentStart,
    DocumentEnd,
    BlockSequenceStart,
    BlockMappingStart,
    BlockEnd,
    FlowSequenceStart,
    FlowSequenceEnd,
    FlowMappingStart,
    FlowMappingEnd,
    BlockEntry,
    FlowEntry,
    Key,
    Value,
    Alias,
    Anchor,
    Tag,
    Scalar,
}

/// <summary>One token.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="Text">The name of an anchor or alias, the handle of a tag, the content of a scalar, the number of a version.</param>
/// <param name="Suffix">The rest of a tag, or the prefix that a directive gives to a handle.</param>
/// <param name="IsPlain">Whether a scalar stands without quotes.</param>
internal sealed record YamlToken(YamlTokenKind Kind, YamlMark Start, string Text = "", string Suffix = "", bool IsPlain = false);
