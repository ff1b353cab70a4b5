using Gantry.Api.Cel;
using Gantry.Api.Trees;

namespace Gantry.Server.CustomResources.Expressions;

/// <summary>
/// A rule with what came of compiling it (apiextensions-apiserver <c>pkg/apiserver/schema/cel/compilation.go</c>). Where the rule itself cannot be compiled, its
/// message was not looked at.
/// </summary>
internal sealed record CompiledRule(ValidationRule Rule)
{
    private const string Self = "self";
    private const string OldSelf = "oldSelf";

    /// <summary>Null where it is empty or wrong.</summary>
    public CelProgram? Program { get; private init; }

    /// <summary>What is wrong with it, or null.</summary>
    public string? Error { get; private init; }

    public CelProgram? Message { get; private init; }

    /// <summary>What is wrong with the expression of its message, or null.</summary>
    public string? MessageError { get; private init; }

    /// <summary>Whether it compares with the old value, and so only runs where there is one.</summary>
    public bool UsesOldSelf { get; private init; }

    /// <summary>The field below the value that a broken rule is about; empty for the value itself.</summary>
    public string FieldPath { get; private init; } = "";

    /// <summary>Compiles a rule.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="schema">The schema that states it.</param>
    /// <param name="type">The type of the values of that schema.</param>
    /// <param name="environments">Which environment an expression is compiled in.</param>
    public static CompiledRule Of(ValidationRule rule, TreeMap schema, CelType type, Func<string, CelEnvironment> environments)
    {
        var compiled = new CompiledRule(rule);
        if (rule.Rule.AsSpan().Trim().IsEmpty)
        {
            return compiled;
        }

        var old = rule.OptionalOldSelf == true ? CelType.Optional(type) : type;
        CelEnvironment Around(string text) => environments(text).With(Self, type).With(OldSelf, old);
        var found = Around(rule.Rule).Compile(rule.Rule);
        if (found.Program is not { } program)
        {
            return compiled with { Error = (found.Errors.Count > 0 ? "compilation failed: " : "program instantiation failed: ") + found.Issues };
        }

        if (!program.ResultType.Same(CelType.Bool))
        {
            return compiled with { Error = "cel expression must evaluate to a bool" };
        }

        compiled = compiled with { Program = program, UsesOldSelf = program.Uses(OldSelf) };
        if (rule.MessageExpression.Length > 0)
        {
            compiled = compiled.WithMessage(Around(rule.MessageExpression).Compile(rule.MessageExpression));
            if (compiled.MessageError is not null)
            {
                return compiled;
            }
        }

        return rule.FieldPath.Length > 0 && RuleFieldPath.Resolve(schema, rule.FieldPath, brackets: true, out var path, out _) is null
            ? compiled with { FieldPath = path } : compiled;
    }

    private CompiledRule WithMessage(CelCompilation found)
    {
        if (found.Program is not { } message)
        {
            return this with { MessageError = (found.Errors.Count > 0 ? "messageExpression compilation failed: " : "messageExpression instantiation failed: ") + found.Issues };
        }

        return message.ResultType.Same(CelType.String) ? this with { Message = message } : this with { MessageError = "messageExpression must evaluate to a string" };
    }
}
