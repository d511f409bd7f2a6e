package main

import (
	"go/ast"
	"go/token"
	"go/types"
)

// A mutant is one planted defect: a condition turned round, a bound moved by
// one, a sum made a difference, a statement left out.
type mutant struct {
	id       int
	position token.Position
	change   string
}

// compared says what becomes of a comparison: the bound that is off by one,
// or the opposite where there is no bound.
var compared = map[token.Token]struct{ probe, becomes string }{
	token.LSS: {"mutantLess", "<="},
	token.LEQ: {"mutantLessOrEqual", "<"},
	token.GTR: {"mutantMore", ">="},
	token.GEQ: {"mutantMoreOrEqual", ">"},
}

var computed = map[token.Token]struct{ probe, becomes string }{
	token.ADD: {"mutantSum", "-"},
	token.SUB: {"mutantDifference", "+"},
}

// A planter walks one file and rewrites it so that each of its mutants can be
// switched on.
type planter struct {
	fset    *token.FileSet
	info    *types.Info
	text    edits
	mutants *[]mutant
}

func (p *planter) plant(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BinaryExpr:
		p.binary(n)
	case *ast.IfStmt:
		p.condition(n.Cond)
	case *ast.ForStmt:
		p.condition(n.Cond)
	case *ast.ReturnStmt:
		for _, r := range n.Results {
			p.constant(r)
		}
	case *ast.BlockStmt:
		p.statements(n.List)
	case *ast.CaseClause:
		p.statements(n.Body)
	}
	return true
}

func (p *planter) next(at token.Pos, change string) int {
	id := len(*p.mutants) + 1
	*p.mutants = append(*p.mutants, mutant{id, p.fset.Position(at), change})
	return id
}

func (p *planter) binary(n *ast.BinaryExpr) {
	if p.info.Types[n].Value != nil {
		return
	}
	op := n.Op.String()
	switch n.Op {
	case token.EQL, token.NEQ:
		if p.isBool(n) {
			p.wrap(n, "mutantNot", p.next(n.OpPos, op+" turned round"))
		}
	case token.LAND, token.LOR:
		if p.isBool(n) && p.isBool(n.X) && p.isBool(n.Y) {
			probe, becomes := "mutantAnd", "||"
			if n.Op == token.LOR {
				probe, becomes = "mutantOr", "&&"
			}
			id := p.next(n.OpPos, op+" becomes "+becomes)
			p.text.wrap(p.fset, n.Pos(), n.End(), call(probe, id), ")})")
			p.text.replace(p.fset, n.OpPos, len(op), ", func() bool { return (")
		}
	case token.LSS, token.LEQ, token.GTR, token.GEQ:
		if p.isBool(n) && p.isNumber(n.X) {
			p.split(n, compared[n.Op].probe, compared[n.Op].becomes)
		}
	case token.ADD, token.SUB:
		if p.isNumber(n) {
			p.split(n, computed[n.Op].probe, computed[n.Op].becomes)
		}
	}
}

// split makes the two operands the arguments of a probe.
func (p *planter) split(n *ast.BinaryExpr, probe, becomes string) {
	op := n.Op.String()
	id := p.next(n.OpPos, op+" becomes "+becomes)
	p.text.wrap(p.fset, n.Pos(), n.End(), call(probe, id), ")")
	p.text.replace(p.fset, n.OpPos, len(op), ",")
}

// condition turns round a condition that holds no operator of its own.
func (p *planter) condition(e ast.Expr) {
	if e == nil || !p.isBool(e) || p.info.Types[e].Value != nil {
		return
	}
	if _, compound := e.(*ast.BinaryExpr); !compound {
		p.wrap(e, "mutantNot", p.next(e.Pos(), "condition turned round"))
	}
}

func (p *planter) constant(e ast.Expr) {
	if name, ok := e.(*ast.Ident); ok && (name.Name == "true" || name.Name == "false") && p.isBool(e) {
		p.wrap(e, "mutantNot", p.next(e.Pos(), name.Name+" turned round"))
	}
}

func (p *planter) statements(list []ast.Stmt) {
	for _, s := range list {
		what := ""
		switch s := s.(type) {
		case *ast.ExprStmt:
			if c, ok := s.X.(*ast.CallExpr); ok && !isPanic(c) {
				what = "call left out"
			}
		case *ast.AssignStmt:
			if s.Tok != token.DEFINE && !blank(s.Lhs) {
				what = "assignment left out"
			}
		case *ast.IncDecStmt:
			what = s.Tok.String() + " left out"
		case *ast.BranchStmt:
			if s.Tok == token.CONTINUE || s.Tok == token.BREAK {
				what = s.Tok.String() + " left out"
			}
		}
		if what != "" {
			id := p.next(s.Pos(), what)
			p.text.wrap(p.fset, s.Pos(), s.End(), "if "+call("mutantKeeps", id)+") { ", " }")
		}
	}
}

func (p *planter) wrap(e ast.Expr, probe string, id int) {
	p.text.wrap(p.fset, e.Pos(), e.End(), call(probe, id), ")")
}

func (p *planter) isBool(e ast.Expr) bool {
	b, ok := p.info.TypeOf(e).(*types.Basic)
	return ok && b.Info()&types.IsBoolean != 0
}

func (p *planter) isNumber(e ast.Expr) bool {
	b, ok := p.info.TypeOf(e).Underlying().(*types.Basic)
	return ok && b.Info()&(types.IsInteger|types.IsFloat) != 0
}

func isPanic(c *ast.CallExpr) bool {
	name, ok := c.Fun.(*ast.Ident)
	return ok && name.Name == "panic"
}

func blank(lhs []ast.Expr) bool {
	name, ok := lhs[0].(*ast.Ident)
	return ok && len(lhs) == 1 && name.Name == "_"
}
