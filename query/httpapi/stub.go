package httpapi

import (
	"context"

	"github.com/gin-gonic/gin"
)

type request struct{}
type Server struct{}

func (s *Server) catalog(context.Context, *request) (any, error)     { return nil, nil }
func (s *Server) units(context.Context, *request) (any, error)       { return nil, nil }
func (s *Server) boundaries(context.Context, *request) (any, error)  { return nil, nil }
func (s *Server) search(context.Context, *request) (any, error)      { return nil, nil }
func (s *Server) values(context.Context, *request) (any, error)      { return nil, nil }
func (s *Server) series(context.Context, *request) (any, error)      { return nil, nil }
func (s *Server) ranking(context.Context, *request) (any, error)     { return nil, nil }
func (s *Server) breakdown(context.Context, *request) (any, error)   { return nil, nil }
func (s *Server) population(context.Context, *request) (any, error)  { return nil, nil }
func (s *Server) tasks(context.Context, *request) (any, error)       { return nil, nil }
func (s *Server) completion(context.Context, *request) (any, error)  { return nil, nil }
func (s *Server) submissions(context.Context, *request) (any, error) { return nil, nil }
func (s *Server) rejections(context.Context, *request) (any, error)  { return nil, nil }
func (s *Server) provenance(context.Context, *request) (any, error)  { return nil, nil }
func (s *Server) events(*gin.Context)                                {}
func (s *Server) openAPI(*gin.Context)                               {}
func (s *Server) ingest(*gin.Context)                                {}
func (s *Server) tile(*gin.Context)                                  {}
func (s *Server) healthz(*gin.Context)                               {}
func (s *Server) readyz(*gin.Context)                                {}
func (s *Server) exposition(*gin.Context)                            {}
func (s *Server) page(*gin.Context)                                  {}
func (s *Server) asset(*gin.Context)                                 {}
