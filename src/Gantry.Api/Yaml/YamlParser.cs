namespace Gantry.Api.Yaml;

/// <summary>Tokens to nodes, one document at a time (YAML 1.1, chapters 7 to 9).</summary>
internal sealed class YamlParser
{
    private readonly YamlScanner _scanner;
    private readonly int _deepest;
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _handles = new(StringComparer.Ordinal);
    private bool _isLater;
    private int _depth;

    /// <param name="bytes">The text.</param>
    /// <param name="deepest">How deep nodes may be in each other.</param>
    public YamlParser(ReadOnlyMemory<byte> bytes, int deepest)
    {
        _scanner = new YamlScanner(new YamlInput(bytes));
        _deepest = deepest;
    }

    /// <summary>The next document; null where there is none.</summary>
    /// <exception cref="YamlError">What comes next is no document.</exception>
    public YamlNode? Document()
    {
        while (_isLater && Kind == YamlTokenKind.DocumentEnd)
        {
            _scanner.Take();
        }

        if (Kind == YamlTokenKind.StreamEnd)
        {
            return null;
        }

        _anchors.Clear();
        var isExplicit = _isLater || Kind is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective or YamlTokenKind.DocumentStart;
        _isLater = true;
        Directives();
        if (isExplicit && Kind != YamlTokenKind.DocumentStart)
        {
            throw YamlError.OfParser("did not find expected <document start>", _scanner.Peek().Start);
        }

        YamlNode root;
        if (isExplicit)
        {
            _scanner.Take();
        }

        if (isExplicit && Kind is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective or YamlTokenKind.DocumentStart or YamlTokenKind.DocumentEnd or YamlTokenKind.StreamEnd)
        {
            root = Empty(_scanner.Peek().Start);
        }
        else
        {
            root = Node(isBlock: true);
        }

        if (Kind == YamlTokenKind.DocumentEnd)
        {
            _scanner.Take();
        }

        return root;
    }

    private YamlTokenKind Kind => _scanner.Peek().Kind;

    private static YamlNode Empty(YamlMark at) => new(YamlNodeKind.Scalar, at.Line) { IsImplicit = true };

    private void Directives()
    {
        _handles.Clear();
        var hasVersion = false;
        for (; Kind is YamlTokenKind.VersionDirective or YamlTokenKind.TagDirective; _scanner.Take())
        {
            var token = _scanner.Peek();
            if (token.Kind == YamlTokenKind.TagDirective)
            {
                if (!_handles.TryAdd(token.Text, token.Suffix))
                {
                    throw YamlError.OfParser("found duplicate %TAG directive", token.Start);
                }

                continue;
            }

            if (hasVersion)
            {
                throw YamlError.OfParser("found duplicate %YAML directive", token.Start);
            }

            if (token.Text != "1.1")
            {
                throw YamlError.OfParser("found incompatible YAML document", token.Start);
            }

            hasVersion = true;
        }

        _handles.TryAdd("!", "!");
        _handles.TryAdd("!!", YamlScalarTags.Prefix);
    }

    private YamlNode Node(bool isBlock, bool mayBeIndentless = false)
    {
        if (++_depth > _deepest)
        {
            throw YamlError.OfMeaning("exceeded max depth");
        }

        var token = _scanner.Peek();
        var node = token.Kind == YamlTokenKind.Alias ? Alias() : Content(token.Start, isBlock, mayBeIndentless);
        _depth--;
        return node;
    }

    private YamlNode Alias()
    {
        var token = _scanner.Take();
        return new YamlNode(YamlNodeKind.Alias, token.Start.Line)
        {
            Text = token.Text,
            Target = _anchors.GetValueOrDefault(token.Text) ?? throw YamlError.OfMeaning($"unknown anchor '{token.Text}' referenced"),
        };
    }

    private YamlNode Content(YamlMark start, bool isBlock, bool mayBeIndentless)
    {
        var (anchor, tag) = Properties(start);
        var token = _scanner.Peek();
        switch (token.Kind)
        {
            case YamlTokenKind.BlockEntry when mayBeIndentless:
                return Indentless(Named(anchor, new YamlNode(YamlNodeKind.Sequence, start.Line)));
            case YamlTokenKind.Scalar:
                _scanner.Take();
                return Named(anchor, new YamlNode(YamlNodeKind.Scalar, start.Line)
                {
                    Text = token.Text, Tag = tag ?? "", IsImplicit = tag is null ? token.IsPlain : tag == "!",
                });
            case YamlTokenKind.FlowSequenceStart:
                return FlowSequence(Named(anchor, new YamlNode(YamlNodeKind.Sequence, start.Line)));
            case YamlTokenKind.FlowMappingStart:
                return FlowMapping(Named(anchor, new YamlNode(YamlNodeKind.Mapping, start.Line)));
            case YamlTokenKind.BlockSequenceStart when isBlock:
                return BlockSequence(Named(anchor, new YamlNode(YamlNodeKind.Sequence, start.Line)));
            case YamlTokenKind.BlockMappingStart when isBlock:
                return BlockMapping(Named(anchor, new YamlNode(YamlNodeKind.Mapping, start.Line)));
            default:
                return anchor is not null || tag is not null
                    ? Named(anchor, new YamlNode(YamlNodeKind.Scalar, start.Line) { Tag = tag ?? "", IsImplicit = tag is null })
                    : throw YamlError.OfParser("did not find expected node content", token.Start, start);
        }
    }

    // An anchor and a tag, in any order.
    private (string? Anchor, string? Tag) Properties(YamlMark start)
    {
        string? anchor = null;
        YamlToken? tag = null;
        while ((Kind == YamlTokenKind.Anchor && anchor is null) || (Kind == YamlTokenKind.Tag && tag is null))
        {
            var token = _scanner.Take();
            if (token.Kind == YamlTokenKind.Anchor)
            {
                anchor = token.Text;
            }
            else
            {
                tag = token;
            }
        }

        return (anchor, tag is null ? null
            : tag.Text.Length == 0 ? tag.Suffix
            : _handles.TryGetValue(tag.Text, out var prefix) ? prefix + tag.Suffix
            : throw YamlError.OfParser("found undefined tag handle", tag.Start, start));
    }

    private YamlNode Named(string? anchor, YamlNode node)
    {
        if (anchor is not null)
        {
            _anchors[anchor] = node;
        }

        return node;
    }

    private YamlNode BlockSequence(YamlNode node)
    {
        var start = _scanner.Take().Start;
        while (Kind == YamlTokenKind.BlockEntry)
        {
            var entry = _scanner.Take();
            node.Children.Add(Kind is YamlTokenKind.BlockEntry or YamlTokenKind.BlockEnd ? Empty(entry.Start) : Node(isBlock: true));
        }

        Ends(YamlTokenKind.BlockEnd, "did not find expected '-' indicator", start);
        return node;
    }

    private YamlNode Indentless(YamlNode node)
    {
        while (Kind == YamlTokenKind.BlockEntry)
        {
            var entry = _scanner.Take();
            node.Children.Add(Kind is YamlTokenKind.BlockEntry or YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd ? Empty(entry.Start) : Node(isBlock: true));
        }

        return node;
    }

    private YamlNode BlockMapping(YamlNode node)
    {
        var start = _scanner.Take().Start;
        while (Kind == YamlTokenKind.Key)
        {
            node.Children.Add(BlockPart(_scanner.Take().Start));
            node.Children.Add(Kind == YamlTokenKind.Value ? BlockPart(_scanner.Take().Start) : Empty(_scanner.Peek().Start));
        }

        Ends(YamlTokenKind.BlockEnd, "did not find expected key", start);
        return node;
    }

    private YamlNode BlockPart(YamlMark at) =>
        Kind is YamlTokenKind.Key or YamlTokenKind.Value or YamlTokenKind.BlockEnd ? Empty(at) : Node(isBlock: true, mayBeIndentless: true);

    private YamlNode FlowSequence(YamlNode node)
    {
        var start = _scanner.Take().Start;
        for (var isFirst = true; Kind != YamlTokenKind.FlowSequenceEnd; isFirst = false)
        {
            Separator(isFirst, "did not find expected ',' or ']'", start);
            if (Kind == YamlTokenKind.Key)
            {
                node.Children.Add(Pair());
            }
            else if (Kind != YamlTokenKind.FlowSequenceEnd)
            {
                node.Children.Add(Node(isBlock: false));
            }
            else
            {
                break;
            }
        }

        _scanner.Take();
        return node;
    }

    // A mapping of one key within brackets.
    private YamlNode Pair()
    {
        var key = _scanner.Take();
        var pair = new YamlNode(YamlNodeKind.Mapping, key.Start.Line);
        if (Kind is YamlTokenKind.Value or YamlTokenKind.FlowEntry or YamlTokenKind.FlowSequenceEnd)
        {
            // Whatever ends an empty key goes with it, as in the library: a key that is only a question mark takes the comma too.
            pair.Children.Add(Empty(_scanner.Take().Start));
        }
        else
        {
            pair.Children.Add(Node(isBlock: false));
        }

        if (Kind == YamlTokenKind.Value)
        {
            _scanner.Take();
            if (Kind is not (YamlTokenKind.FlowEntry or YamlTokenKind.FlowSequenceEnd))
            {
                pair.Children.Add(Node(isBlock: false));
                return pair;
            }
        }

        pair.Children.Add(Empty(_scanner.Peek().Start));
        return pair;
    }

    private YamlNode FlowMapping(YamlNode node)
    {
        var start = _scanner.Take().Start;
        for (var isFirst = true; Kind != YamlTokenKind.FlowMappingEnd; isFirst = false)
        {
            Separator(isFirst, "did not find expected ',' or '}'", start);
            if (Kind == YamlTokenKind.Key)
            {
                _scanner.Take();
                node.Children.Add(Kind is YamlTokenKind.Value or YamlTokenKind.FlowEntry or YamlTokenKind.FlowMappingEnd ? Empty(_scanner.Peek().Start) : Node(isBlock: false));
                node.Children.Add(FlowValue());
            }
            else if (Kind != YamlTokenKind.FlowMappingEnd)
            {
                node.Children.Add(Node(isBlock: false));
                node.Children.Add(Empty(_scanner.Peek().Start));
            }
            else
            {
                break;
            }
        }

        _scanner.Take();
        return node;
    }

    private YamlNode FlowValue()
    {
        if (Kind == YamlTokenKind.Value)
        {
            _scanner.Take();
            if (Kind is not (YamlTokenKind.FlowEntry or YamlTokenKind.FlowMappingEnd))
            {
                return Node(isBlock: false);
            }
        }

        return Empty(_scanner.Peek().Start);
    }

    private void Separator(bool isFirst, string otherwise, YamlMark start)
    {
        if (isFirst)
        {
            return;
        }

        if (Kind != YamlTokenKind.FlowEntry)
        {
            throw YamlError.OfParser(otherwise, _scanner.Peek().Start, start);
        }

        _scanner.Take();
    }

    private void Ends(YamlTokenKind kind, string otherwise, YamlMark start)
    {
        var token = _scanner.Peek();
        if (token.Kind != kind)
        {
            throw YamlError.OfParser(otherwise, token.Start, start);
        }

        _scanner.Take();
    }
}
