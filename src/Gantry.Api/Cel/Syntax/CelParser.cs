using System.Globalization;
using Gantry.Api.Cel.Syntax.Recovery;

namespace Gantry.Api.Cel.Syntax;

/// <summary>
/// Reads an expression by recursive descent, with the words of the reference implementation's parser. Operators become calls (<c>_+_</c>), macros the loops they
/// stand for.
/// </summary>
internal sealed class CelParser
{
    private const string SyntaxError = "Syntax error: ";
    private const int DeepestNesting = 250;
    private const int DeepestTree = 1000;
    private const string Starts = "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";

    private static readonly HashSet<string> Reserved =
    [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "in", "let", "loop", "namespace", "package", "return", "var", "void", "while",
        "true", "false", "null",
    ];

    private static readonly HashSet<int> NoneOptional = [];

    private readonly string _text;
    private readonly CelMacros _macros;
    private readonly List<CelError> _errors;
    private readonly List<CelToken> _tokens;
    private int _next;
    private int _nesting;

    private CelParser(string text, CelMacros macros, List<CelError> errors)
    {
        (_text, _macros, _errors) = (text, macros, errors);
        _tokens = new CelLexer(text, errors).Read();
    }

    private CelToken Current => _tokens[_next];

    /// <param name="text">The expression.</param>
    /// <param name="macros">The macros there are.</param>
    /// <param name="errors">Takes what is wrong with it.</param>
    /// <returns>The tree; null where there is none. It only counts where there were no errors.</returns>
    public static CelNode? Parse(string text, CelMacros macros, List<CelError> errors)
    {
        var own = new List<CelError>();
        try
        {
            var parser = new CelParser(text, macros, own);
            var node = parser.Expression();
            if (parser.Current.Kind != CelTokenKind.End)
            {
                own.Add(parser.Fault($"mismatched input '{parser.Current.Text}' expecting <EOF>"));
            }
            else if (own.Count == 0)
            {
                return node;
            }
        }
        catch (CelSyntaxException e)
        {
            own.Add(CelError.At(e.Message, text, e.Position));
        }
        // This parser stops at the first error; the slow one finds all, in the right words.
        var all = own.Exists(e => e.Message.StartsWith(SyntaxError, StringComparison.Ordinal)) ? RecoveringParser.Errors(text) : [];
        errors.AddRange(all.Count > 0 ? all : own);
        return null;
    }

    private CelNode Expression()
    {
        if (++_nesting > DeepestNesting)
        {
            throw new CelSyntaxException($"expression recursion limit exceeded: {DeepestNesting}", Current.Position);
        }
        var node = Or();
        var at = Current.Position;
        if (Take("?"))
        {
            var then = Or();
            Expect(":");
            node = Node(new CelNode.Call(at, CelOperators.Conditional, null, [node, then, Expression()]));
        }
        _nesting--;
        return node;
    }

    private CelNode Or() => Logical("||", CelOperators.Or, And);

    private CelNode And() => Logical("&&", CelOperators.And, Relation);

    // A chain becomes a balanced tree: its value does not depend on the order, and so a long one is not deep.
    private CelNode Logical(string sign, string function, Func<CelNode> term)
    {
        var first = term();
        if (Current.Kind != CelTokenKind.Operator || Current.Text != sign)
        {
            return first;
        }
        List<CelNode> terms = [first];
        List<int> positions = [];
        for (var at = Current.Position; Take(sign); at = Current.Position)
        {
            positions.Add(at);
            terms.Add(term());
        }
        return Balanced(function, terms, positions, 0, positions.Count - 1);
    }

    private static CelNode Balanced(string function, List<CelNode> terms, List<int> positions, int low, int high)
    {
        var middle = (low + high + 1) / 2;
        var left = middle == low ? terms[middle] : Balanced(function, terms, positions, low, middle - 1);
        var right = middle == high ? terms[middle + 1] : Balanced(function, terms, positions, middle + 1, high);
        return Node(new CelNode.Call(positions[middle], function, null, [left, right]));
    }

    private CelNode Relation()
    {
        var left = Sum();
        while ((Current is { Kind: CelTokenKind.Operator, Text: "<" or "<=" or ">" or ">=" or "==" or "!=" }) || Current is { Kind: CelTokenKind.Name, Text: "in" })
        {
            left = Binary(left, Sum);
        }
        return left;
    }

    private CelNode Sum()
    {
        var left = Product();
        while (Current is { Kind: CelTokenKind.Operator, Text: "+" or "-" })
        {
            left = Binary(left, Product);
        }
        return left;
    }

    private CelNode Product()
    {
        var left = Unary();
        while (Current is { Kind: CelTokenKind.Operator, Text: "*" or "/" or "%" })
        {
            left = Binary(left, Unary);
        }
        return left;
    }

    private CelNode Binary(CelNode left, Func<CelNode> right)
    {
        var token = _tokens[_next++];
        return Node(new CelNode.Call(token.Position, CelOperators.Binary(token.Text), null, [left, right()]));
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
        return count % 2 == 0 ? node : Node(new CelNode.Call(first.Position, first.Text == "!" ? CelOperators.Not : CelOperators.Negate, null, [node]));
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
                node = Dotted(node, at);
            }
            else if (Take("["))
            {
                var function = Take("?") ? CelOperators.OptionalIndex : CelOperators.Index;
                node = Node(new CelNode.Call(at, function, null, [node, Expression()]));
                Expect("]");
            }
            else if (Current is { Kind: CelTokenKind.Operator, Text: "{" } && QualifiedName(node) is { } name)
            {
                _next++;
                Fields();
                node = new CelNode.Message(at, name);
            }
            else
            {
                return node;
            }
        }
    }

    private CelNode Dotted(CelNode operand, int at)
    {
        var optional = Take("?");
        var name = Current;
        if (name.Kind != CelTokenKind.Name || name.Text is "in" or "true" or "false" or "null")
        {
            throw Mismatched(optional ? "IDENTIFIER" : "{'?', IDENTIFIER}");
        }
        _next++;
        var opening = Current.Position;
        if (optional)
        {
            return Node(new CelNode.Call(at, CelOperators.OptionalSelect, null, [operand, new CelNode.Literal(name.Position, CelValue.Of(name.Text))]));
        }
        if (!Take("("))
        {
            return Node(new CelNode.Select(at, operand, name.Text, false));
        }
        var arguments = Items(")", out _);
        return Node(Expanded(() => _macros.Expand(name.Text, operand, arguments, opening)) ?? new CelNode.Call(opening, name.Text, operand, arguments));
    }

    private CelNode Primary()
    {
        if (!StartsPrimary(Current) && StartsPrimary(_tokens[Math.Min(_next + 1, _tokens.Count - 1)]))
        {
            _errors.Add(Fault($"extraneous input '{Current.Text}' expecting {Starts}"));
            _next++;
        }
        var token = Current;
        if (NegativeNumber())
        {
            _next++;
            return Numeric(token.Position, _tokens[_next++], "-");
        }
        switch (token.Kind)
        {
            case CelTokenKind.Int or CelTokenKind.Uint or CelTokenKind.Double:
                _next++;
                return Numeric(token.Position, token, "");
            case CelTokenKind.Text:
                _next++;
                return new CelNode.Literal(token.Position, token.Value);
            case CelTokenKind.Name when token.Text != "in":
                return Name("");
        }
        if (Take("("))
        {
            var inner = Expression();
            Expect(")");
            return inner;
        }
        if (Take("["))
        {
            var items = Items("]", out var optional);
            return Node(new CelNode.List(token.Position, items, optional));
        }
        if (Take("{"))
        {
            return Node(new CelNode.Map(token.Position, Fields()));
        }
        if (Take(".") && Current.Kind == CelTokenKind.Name)
        {
            return Name(".");
        }
        throw Mismatched(Starts);
    }

    private static bool StartsPrimary(CelToken token) => token.Kind switch
    {
        CelTokenKind.End => false,
        CelTokenKind.Operator => token.Text is "(" or "[" or "{" or "." or "-" or "!",
        CelTokenKind.Name => token.Text != "in",
        _ => true,
    };

    // A leading dot names what is declared outside, which is all there is but for the variables of loops.
    private CelNode Name(string dot)
    {
        var token = _tokens[_next++];
        if (dot.Length == 0 && token.Text is ("true" or "false"))
        {
            return new CelNode.Literal(token.Position, CelValue.Of(token.Text == "true"));
        }
        if (dot.Length == 0 && token.Text == "null")
        {
            return new CelNode.Literal(token.Position, CelValue.Null);
        }
        if (Reserved.Contains(token.Text))
        {
            var wrong = Wrong($"reserved identifier: {token.Text}", token.Position);
            if (Take("("))
            {
                Items(")", out _);
            }
            return wrong;
        }
        var opening = Current.Position;
        if (!Take("("))
        {
            return new CelNode.Name(token.Position, dot + token.Text);
        }
        var arguments = Items(")", out _);
        return Node((dot.Length == 0 ? Expanded(() => CelMacros.Has(token.Text, arguments, opening)) : null) ?? new CelNode.Call(opening, dot + token.Text, null, arguments));
    }

    // What is wrong with the meaning of a part is noted, and the rest read on.
    private CelNode? Expanded(Func<CelNode?> macro)
    {
        try
        {
            return macro();
        }
        catch (CelSyntaxException e)
        {
            return Wrong(e.Message, e.Position);
        }
    }

    private CelNode.Literal Wrong(string message, int position)
    {
        _errors.Add(CelError.At(message, _text, position));
        return new CelNode.Literal(position, CelValue.Null);
    }

    // The items up to the closing bracket; a list may end in a comma and have optional items, arguments may not.
    private List<CelNode> Items(string closing, out IReadOnlySet<int> optional)
    {
        var items = new List<CelNode>();
        HashSet<int>? marked = null;
        while (!Take(closing))
        {
            if (closing == "]" && Take("?"))
            {
                (marked ??= []).Add(items.Count);
            }
            items.Add(Expression());
            if (Take(closing))
            {
                break;
            }
            if (!Take(","))
            {
                Expect(closing);
                break;
            }
            if (closing == ")" && Current is { Kind: CelTokenKind.Operator, Text: ")" })
            {
                throw Mismatched(Starts);
            }
        }
        optional = marked ?? NoneOptional;
        return items;
    }

    private List<CelNode.Entry> Fields()
    {
        var entries = new List<CelNode.Entry>();
        while (!Take("}"))
        {
            var optional = Take("?");
            var key = Expression();
            Expect(":");
            entries.Add(new(key, Expression(), optional));
            if (Take("}"))
            {
                break;
            }
            if (!Take(","))
            {
                Expect("}");
                break;
            }
        }
        return entries;
    }

    private static string? QualifiedName(CelNode node) => node switch
    {
        CelNode.Name name => name.Text,
        CelNode.Select { TestOnly: false } select when QualifiedName(select.Operand) is { } outer => outer + "." + select.Field,
        _ => null,
    };

    private CelNode.Literal Numeric(int position, CelToken token, string sign)
    {
        try
        {
            return new CelNode.Literal(position, Number(token, sign));
        }
        catch (CelSyntaxException e)
        {
            return Wrong(e.Message, position);
        }
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

    private static CelNode Node(CelNode node) =>
        node.Depth <= DeepestTree ? node : throw new CelSyntaxException($"expression is deeper than {DeepestTree} operations", node.Position);

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
            throw Current.Kind == CelTokenKind.End ? new CelSyntaxException($"{SyntaxError}missing '{sign}' at '<EOF>'", Current.Position) : Mismatched($"'{sign}'");
        }
    }

    private CelSyntaxException Mismatched(string expected) => new($"{SyntaxError}mismatched input '{Current.Text}' expecting {expected}", Current.Position);

    private CelError Fault(string message) => CelError.At(SyntaxError + message, _text, Current.Position);
}
