namespace Gantry.Api.Cel;

/// <summary>Writes a syntax tree with every operation in parentheses, so that its structure can be seen.</summary>
internal static class CelPrinter
{
    public static string Print(CelNode node) => node switch
    {
        CelNode.Literal literal => literal.Value.ToString(),
        CelNode.Name name => (name.Global ? "." : "") + name.Text,
        CelNode.Select { TestOnly: true } select => $"has({Print(select.Operand)}.{select.Field})",
        CelNode.Select select => $"{Print(select.Operand)}.{select.Field}",
        CelNode.Index index => $"{Print(index.Operand)}[{Print(index.Key)}]",
        CelNode.Call call => $"{(call.Target is null ? "" : Print(call.Target) + ".")}{call.Function}({Print(call.Arguments)})",
        CelNode.Unary unary => $"({unary.Operator}{Print(unary.Operand)})",
        CelNode.Binary binary => $"({Print(binary.Left)} {binary.Operator} {Print(binary.Right)})",
        CelNode.Conditional choice => $"({Print(choice.Condition)} ? {Print(choice.Then)} : {Print(choice.Else)})",
        CelNode.List list => $"[{Print(list.Items)}]",
        CelNode.Map map => $"{{{string.Join(", ", map.Entries.Select(e => $"{Print(e.Key)}: {Print(e.Value)}"))}}}",
        CelNode.Comprehension loop => $"{Print(loop.Range)}.{loop.Macro}({string.Join(", ", new[] { loop.Variable, Part(loop.Predicate), Part(loop.Transform) }.Where(p => p.Length > 0))})",
        _ => throw new InvalidOperationException($"no way to print {node.GetType().Name}"),
    };

    private static string Part(CelNode? node) => node is null ? "" : Print(node);

    private static string Print(IReadOnlyList<CelNode> nodes) => string.Join(", ", nodes.Select(Print));
}
