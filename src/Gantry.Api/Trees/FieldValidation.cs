namespace Gantry.Api.Trees;

/// <summary>What a request wants done about unknown and duplicate fields (its <c>fieldValidation</c>).</summary>
public enum FieldValidation
{
    Ignore,
    Warn,
    Strict,
}
