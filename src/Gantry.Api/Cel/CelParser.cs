using System.Globalization;

namespace Gantry.Api.Cel;

/// <summary>Reads an expression by recursive descent. Macros become nodes of their own.</summary>
internal sealed class CelParser(string text)
{
    private const int DeepestNesting = 100;
    private const int DeepestTree = 400;

    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop", "namespace", "package", "return", "var", "void", "while",
        "true", "false", "null",
    ];

    private readonly List<CelToken> _tokens = new CelLexer(text).Read();
    private int _next;
    private int _nesting;

    private CelToken Current => _tokens[_next];

    public CelNode Program()
    {
        var node = Expression();
        return Current.Kind == CelTokenKind.End ? node : throw Unexpected();
    }

    private CelNode Expression()
    {
        if (++_nesting > DeepestNesting)
        {
            throw new CelSyntaxException($"expression is nested deeper than {DeepestNesting}", Current.Position);
        }
        var node = Or();
        var at = Current.Position;
        if (Take("?"))
        {
            var then = Or();
            Expect(":");
            node = Node(new CelNode.Conditional(at, node, then, Expression()));
        }
        _nesting--;
        return node;
    }

    private CelNode Or()
    {
        var left = And();
        for (var at = Current.Position; Take("||"); at = Current.Position)
        {
            left = Node(new CelNode.Binary(at, "||", left, And()));
        }
        return left;
    }

    private CelNode And()
    {
        var left = Relation();
        for (var at = Current.Position; Take("&&"); at = Current.Position)
        {
            left = Node(new CelNode.Binary(at, "&&", left, Relation()));
        }
        return left;
    }

    private CelNode Relation()
    {
        var left = Sum();
        while ((Current is { Kind: CelTokenKind.Operator, Text: "<" or "<=" or ">" or ">=" or "==" or "!=" }) || Current is { Kind: CelTokenKind.Name, Text: "in" })
        {
            var token = _tokens[_next++];
            left = Node(new CelNode.Binary(token.Position, token.Text, left, Sum()));
        }
        return left;
    }

    private CelNode Sum()
    {
        var left = Product();
        while (Current is { Kind: CelTokenKind.Operator, Text: "+" or "-" })
        {
            var token = _tokens[_next++];
            left = Node(new CelNode.Binary(token.Position, token.Text, left, Product()));
        }
        return left;
    }

    private CelNode Product()
    {
        var left = Unary();
        while (Current is { Kind: CelTokenKind.Operator, Text: "*" or "/" or "%" })
        {
            var token = _tokens[_next++];
            left = Node(new CelNode.Binary(token.Position, token.Text, left, Unary()));
        }
        return left;
    }

    private CelNode Unary()
    {
        if (Current is not { Kind: CelTokenKind.Operator, Text: "!" or "-" })
        {
            return Member();
        }
        var first = Current;
        var count = 0;
        // A minus belongs to the number behind it, so that the smallest integer can be written.
        while (Current.Kind == CelTokenKind.Operator && Current.Text == first.Text && !NegativeNumber())
        {
            _next++;
            count++;
        }
        var node = Member();
        for (; count > 0; count--)
        {
            node = Node(new CelNode.Unary(first.Position, first.Text, node));
        }
        return node;
    }

    private bool NegativeNumber() => Current is { Kind: CelTokenKind.Operator, Text: "-" } && _tokens[_next + 1].Kind is CelTokenKind.Int or CelTokenKind.Double;

    private CelNode Member()
    {
        var node = Primary();
        while (true)
        {
            var at = Current.Position;
            if (Take("."))
            {
                node = Dotted(node);
            }
            else if (Take("["))
            {
                node = Node(new CelNode.Index(at, node, Expression()));
                Expect("]");
            }
            else if (node is CelNode.Name or CelNode.Select && Current is { Kind: CelTokenKind.Operator, Text: "{" })
            {
                throw new CelSyntaxException("message construction is not supported", at);
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode Dotted(CelNode operand)
    {
        var name = Current;
        if (name.Kind != CelTokenKind.Name || name.Text is "in" or "true" or "false" or "null")
        {
            throw Unexpected();
        }
        _next++;
        if (!Take("("))
        {
            return Node(new CelNode.Select(name.Position, operand, name.Text, CelNames.Unescape(name.Text), false));
        }
        var arguments = Items(")");
        if (CelMacros.Expand(name, operand, arguments) is { } macro)
        {
            return Node(macro);
        }
        return Node(new CelNode.Call(name.Position, name.Text, operand, arguments));
    }

    private CelNode Primary()
    {
        var token = Current;
        if (NegativeNumber())
        {
            _next++;
            return new CelNode.Literal(token.Position, Number(_tokens[_next++], "-"));
        }
        switch (token.Kind)
        {
            case CelTokenKind.Int or CelTokenKind.Uint or CelTokenKind.Double:
                _next++;
                return new CelNode.Literal(token.Position, Number(token, ""));
            case CelTokenKind.Text:
                _next++;
                return new CelNode.Literal(token.Position, token.Value);
            case CelTokenKind.Name:
                return Name(false);
        }
        if (Take("("))
        {
            var inner = Expression();
            Expect(")");
            return inner;
        }
        if (Take("["))
        {
            return Node(new CelNode.List(token.Position, Items("]")));
        }
        if (Take("{"))
        {
            return Node(new CelNode.Map(token.Position, Entries()));
        }
        if (Take(".") && Current.Kind == CelTokenKind.Name)
        {
            return Name(true);
        }
        throw Unexpected();
    }

    private CelNode Name(bool global)
    {
        var token = _tokens[_next++];
        if (!global && token.Text is ("true" or "false"))
        {
            return new CelNode.Literal(token.Position, CelValue.Of(token.Text == "true"));
        }
        if (!global && token.Text == "null")
        {
            return new CelNode.Literal(token.Position, CelValue.Null);
        }
        if (Reserved.Contains(token.Text))
        {
            throw new CelSyntaxException(token.Text == "in" ? "unexpected 'in'" : $"reserved identifier: {token.Text}", token.Position);
        }
        if (!Take("("))
        {
            return new CelNode.Name(token.Position, token.Text, global);
        }
        var arguments = Items(")");
        return Node(CelMacros.Has(token, arguments) ?? new CelNode.Call(token.Position, token.Text, null, arguments));
    }

    // The items up to the closing bracket; a list may end in a comma, arguments may not.
    private List<CelNode> Items(string closing)
    {
        var items = new List<CelNode>();
        while (!Take(closing))
        {
            items.Add(Expression());
            if (Take(closing))
            {
                break;
            }
            Expect(",");
            if (closing == ")" && Current is { Kind: CelTokenKind.Operator, Text: ")" })
            {
                throw Unexpected();
            }
        }
        return items;
    }

    private List<(CelNode, CelNode)> Entries()
    {
        var entries = new List<(CelNode, CelNode)>();
        while (!Take("}"))
        {
            var key = Expression();
            Expect(":");
            entries.Add((key, Expression()));
            if (Take("}"))
            {
                break;
            }
            Expect(",");
        }
        return entries;
    }

    private static CelValue Number(CelToken token, string sign)
    {
        var hex = token.Text.StartsWith("0x", StringComparison.Ordinal);
        var digits = hex ? token.Text[2..] : token.Text;
        if (token.Kind == CelTokenKind.Double)
        {
            var real = double.Parse(sign + digits, NumberStyles.Float, CultureInfo.InvariantCulture);
            return double.IsFinite(real) ? CelValue.Of(real) : throw new CelSyntaxException("invalid double literal", token.Position);
        }
        if (!ulong.TryParse(digits, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            throw new CelSyntaxException(token.Kind == CelTokenKind.Uint ? "invalid uint literal" : "invalid int literal", token.Position);
        }
        if (token.Kind == CelTokenKind.Uint)
        {
            return CelValue.Of(size);
        }
        const ulong Lowest = 1UL << 63;
        if (sign.Length == 0 ? size >= Lowest : size > Lowest)
        {
            throw new CelSyntaxException("invalid int literal", token.Position);
        }
        return CelValue.Of(sign.Length == 0 ? (long)size : unchecked(-(long)size));
    }

    private static CelNode Node(CelNode node)
    {
        var measured = node.Measured();
        return measured.Depth <= DeepestTree ? measured : throw new CelSyntaxException($"expression is deeper than {DeepestTree} operations", node.Position);
    }

    private bool Take(string sign)
    {
        if (Current.Kind != CelTokenKind.Operator || Current.Text != sign)
        {
            return false;
        }
        _next++;
        return true;
    }

    private void Expect(string sign)
    {
        if (!Take(sign))
        {
            throw new CelSyntaxException($"unexpected {Shown(Current)}, expecting '{sign}'", Current.Position);
        }
    }

    private CelSyntaxException Unexpected() => new($"unexpected {Shown(Current)}", Current.Position);

    private static string Shown(CelToken token) => token.Kind == CelTokenKind.End ? token.Text : $"'{token.Text}'";
}
